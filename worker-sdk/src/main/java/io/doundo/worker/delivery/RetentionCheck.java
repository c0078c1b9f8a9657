package io.doundo.worker.delivery;

import io.doundo.protocol.text.DurationText;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns when a topic keeps commands for longer than the fence remembers their steps: whoever resets
 * the offsets of the group to the topic's beginning would then run a step again.
 */
final class RetentionCheck {

  private static final Logger log = LoggerFactory.getLogger(RetentionCheck.class);

  /** A topic deletes whole segments only, so its records outlive the retention. */
  private static final Duration SPARE = Duration.ofDays(1);

  private final Admin admin;
  private final Duration fenceRetention;

  RetentionCheck(Admin admin, Duration fenceRetention) {
    this.admin = admin;
    this.fenceRetention = fenceRetention;
  }

  /** Asks the broker and warns later; a broker that does not say is only logged. */
  void check(Collection<String> topics) {
    Collection<ConfigResource> resources =
        topics.stream().map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic)).toList();
    // The answer arrives on the client's own thread, and nothing waits for it.
    KafkaFuture<?> unused =
        admin
            .describeConfigs(resources)
            .all()
            .whenComplete(
                (configs, error) -> {
                  if (configs == null) {
                    log.info(
                        "The retention of the topics {} is unknown and not compared with the fence's: {}",
                        topics,
                        String.valueOf(error));
                  } else {
                    warning(retentions(configs), fenceRetention).ifPresent(log::warn);
                  }
                });
  }

  private static Map<String, Long> retentions(Map<ConfigResource, Config> configs) {
    Map<String, Long> retentions = new TreeMap<>();
    configs.forEach(
        (topic, config) -> {
          ConfigEntry entry = config.get(TopicConfig.RETENTION_MS_CONFIG);
          if (entry != null) {
            retentions.put(topic.name(), Long.valueOf(entry.value()));
          }
        });
    return retentions;
  }

  /**
   * What to say of topics whose commands outlive the fence's records.
   *
   * @param retentions milliseconds by topic; -1 for ever
   */
  static Optional<String> warning(Map<String, Long> retentions, Duration fenceRetention) {
    Map<String, String> longer = new TreeMap<>();
    retentions.forEach(
        (topic, millis) -> {
          if (millis < 0) {
            longer.put(topic, "for ever");
          } else if (Duration.ofMillis(millis).plus(SPARE).compareTo(fenceRetention) > 0) {
            longer.put(topic, DurationText.of(Duration.ofMillis(millis)));
          }
        });
    return longer.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "The fence forgets a settled step after %s, but these topics keep commands longer, or less than a day shorter: %s. After a reset of the group's offsets, old commands would run again. Set doundo.worker.fence-retention to the topics' retention plus a day, or shorten the topics' retention.ms"
                .formatted(DurationText.of(fenceRetention), longer));
  }
}

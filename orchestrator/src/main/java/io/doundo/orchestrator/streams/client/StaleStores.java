package io.doundo.orchestrator.streams.client;

import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.state.StoreNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes stores that were left alone for so long that their changelogs no longer tell what was
 * removed from them since. Kafka Streams reads on where a store ends. A flow that has ended leaves
 * a tombstone in the changelog, and compaction removes it after {@code delete.retention.ms}: an
 * older store would keep the flow as a live one, and run it on at the next record for it. A store
 * that is deleted here is restored from the whole changelog.
 */
final class StaleStores {

  private static final Logger LOG = LoggerFactory.getLogger(StaleStores.class);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** The default of Kafka. */
  private static final Duration USUAL_RETENTION = Duration.ofDays(1);

  private static final Pattern TASK = Pattern.compile("\\d+_\\d+");

  /** All but the one that is kept in memory: each start restores that one as a whole. */
  private static final List<String> ON_DISK =
      StoreNames.WITH_CHANGELOG.stream().filter(name -> !name.equals(StoreNames.TIMERS)).toList();

  private StaleStores() {}

  /**
   * Deletes them. To be called while no engine runs in the directory.
   *
   * @param now ms since the epoch
   * @throws IllegalStateException when the broker does not answer
   */
  static void delete(EngineSettings settings, long now) {
    List<Path> tasks = tasks(settings.stateDir().resolve(settings.applicationId()));
    if (!tasks.isEmpty()) {
      deleteOlder(tasks, now - shortestRetention(settings) / 2);
    }
  }

  private static List<Path> tasks(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(path -> TASK.matcher(path.getFileName().toString()).matches()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A store is as old as its latest file: each orderly stop writes up to where it was read. */
  static void deleteOlder(List<Path> tasks, long limit) {
    for (Path task : tasks) {
      try {
        if (lastWrite(task) < limit) {
          LOG.info(
              "{} was left alone for longer than half of delete.retention.ms of its changelogs: it"
                  + " is deleted, and restored from Kafka",
              task);
          Utils.delete(task.toFile());
        }
      } catch (IOException e) {
        throw new UncheckedIOException(task + " cannot be looked at or deleted", e);
      }
    }
  }

  private static long lastWrite(Path directory) throws IOException {
    long last = 0;
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.toList()) {
        last = Math.max(last, Files.getLastModifiedTime(path).toMillis());
      }
    }
    return last;
  }

  /** How long the changelogs keep tombstones, the one that keeps them shortest; ms. */
  private static long shortestRetention(EngineSettings settings) {
    List<ConfigResource> changelogs =
        ON_DISK.stream()
            .map(
                store ->
                    new ConfigResource(
                        ConfigResource.Type.TOPIC,
                        settings.applicationId() + '-' + store + "-changelog"))
            .toList();
    long shortest = USUAL_RETENTION.toMillis();
    try (Admin admin = EngineAdmin.create(settings)) {
      for (Map.Entry<ConfigResource, KafkaFuture<Config>> asked :
          admin.describeConfigs(changelogs).values().entrySet()) {
        shortest = Math.min(shortest, retention(asked.getKey().name(), asked.getValue()));
      }
    }
    return shortest;
  }

  private static long retention(String topic, KafkaFuture<Config> described) {
    try {
      ConfigEntry entry =
          described
              .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
              .get(TopicConfig.DELETE_RETENTION_MS_CONFIG);
      if (entry != null && entry.value() != null) {
        return Long.parseLong(entry.value());
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        // Nothing to read on from: Kafka Streams makes the topic, and empties the store.
        return Long.MAX_VALUE;
      }
      LOG.warn(
          "delete.retention.ms of {} cannot be read, and is taken to be {} h: {}",
          topic,
          USUAL_RETENTION.toHours(),
          e.toString());
    } catch (TimeoutException e) {
      throw new IllegalStateException("the broker did not describe topic " + topic + " in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while describing topic " + topic, e);
    }
    return USUAL_RETENTION.toMillis();
  }
}

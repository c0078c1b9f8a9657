package io.doundo.orchestrator.streams.client;

import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settles, once for an installation, where reading of the topic that all share begins: in a new one
 * at its beginning; in one that has run before that topic was read, at its end, because earlier
 * records there have always been ignored, and nobody expects them to be processed any more.
 */
final class SharedTopicOffsets {

  private static final Logger LOG = LoggerFactory.getLogger(SharedTopicOffsets.class);

  private static final long PATIENCE_SECONDS = 20;

  /** The broker believes in a process that was killed for 45 s by default. */
  private static final Duration UNTIL_MEMBERS_ARE_GONE = Duration.ofSeconds(60);

  private static final long LOOK_AGAIN_MS = 500;

  private SharedTopicOffsets() {}

  /**
   * Where reading begins, or null when that is settled.
   *
   * @param withOffsets the topics of which the group has offsets
   */
  static @Nullable OffsetSpec beginning(Set<String> withOffsets) {
    if (withOffsets.contains(Topics.SHARED_EVENT)) {
      return null;
    }
    return withOffsets.isEmpty() ? OffsetSpec.earliest() : OffsetSpec.latest();
  }

  /**
   * @throws IllegalStateException when the broker does not take it, as while instances of a release
   *     run that does not read the topic
   */
  static void settle(Admin admin, String group) {
    long giveUpAt = System.nanoTime() + UNTIL_MEMBERS_ARE_GONE.toNanos();
    try {
      while (!trySettle(admin, group, giveUpAt)) {
        Thread.sleep(LOOK_AGAIN_MS);
      }
    } catch (ExecutionException e) {
      throw failed(group, String.valueOf(e.getCause()), e);
    } catch (TimeoutException e) {
      throw failed(group, "the broker does not answer in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(group, "interrupted", e);
    }
  }

  private static boolean trySettle(Admin admin, String group, long giveUpAt)
      throws ExecutionException, TimeoutException, InterruptedException {
    Set<String> withOffsets =
        LostOffsets.offsets(admin, group).keySet().stream()
            .map(TopicPartition::topic)
            .collect(Collectors.toSet());
    OffsetSpec beginning = beginning(withOffsets);
    if (beginning == null) {
      return true;
    }
    Map<TopicPartition, OffsetAndMetadata> offsets = offsets(admin, beginning);
    try {
      admin.alterConsumerGroupOffsets(group, offsets).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      boolean hasMembers =
          e.getCause() instanceof UnknownMemberIdException
              || e.getCause() instanceof GroupNotEmptyException;
      if (!hasMembers) {
        throw e;
      }
      if (System.nanoTime() - giveUpAt > 0) {
        throw failed(
            group,
            "the group has members that do not read it: stop all instances of the previous release,"
                + " then start this one",
            e);
      }
      return false;
    }
    LOG.info("reading {} from {}", Topics.SHARED_EVENT, offsets);
    return true;
  }

  private static Map<TopicPartition, OffsetAndMetadata> offsets(Admin admin, OffsetSpec beginning)
      throws ExecutionException, TimeoutException, InterruptedException {
    TopicDescription topic =
        Objects.requireNonNull(
            admin
                .describeTopics(Set.of(Topics.SHARED_EVENT))
                .allTopicNames()
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .get(Topics.SHARED_EVENT));
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    topic
        .partitions()
        .forEach(
            partition ->
                asked.put(
                    new TopicPartition(Topics.SHARED_EVENT, partition.partition()), beginning));
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (Map.Entry<TopicPartition, ListOffsetsResultInfo> found :
        admin.listOffsets(asked).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS).entrySet()) {
      offsets.put(found.getKey(), new OffsetAndMetadata(found.getValue().offset()));
    }
    return offsets;
  }

  private static IllegalStateException failed(String group, String reason, Exception cause) {
    return new IllegalStateException(
        "cannot determine where the consumer group %s begins to read %s: %s"
            .formatted(group, Topics.SHARED_EVENT, reason),
        cause);
  }
}

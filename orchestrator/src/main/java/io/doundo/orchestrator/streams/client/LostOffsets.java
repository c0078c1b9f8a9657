package io.doundo.orchestrator.streams.client;

import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Refuses to start the engine when the broker has deleted the offsets of its group, as it does
 * after days without a running instance: every start that still stands in its topic would be read
 * again, and run again when its flow has ended and is forgotten. Otherwise makes sure that the
 * group has offsets of the shared topic.
 */
final class LostOffsets {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(500);

  private LostOffsets() {}

  /**
   * @throws IllegalStateException when the offsets are gone, with the ways out, or when they cannot
   *     be looked at
   */
  static void check(EngineSettings settings) {
    try (Admin admin = EngineAdmin.create(settings)) {
      if (!hasOffsets(admin, settings.applicationId())) {
        requireNothingRunsAgain(settings);
      }
      SharedTopicOffsets.settle(admin, settings.applicationId());
    }
  }

  private static void requireNothingRunsAgain(EngineSettings settings) {
    try (Consumer<byte[], byte[]> consumer = consumer(settings)) {
      // Finding the starts in the shared topic would mean reading all of it.
      boolean startsAgain =
          hasRecord(consumer, List.of(Topics.EXECUTION_START, Topics.SHARED_EVENT));
      // Where flows have been, whatever has been deleted since.
      List<String> traces =
          List.of(Topics.ARCHIVE, Topics.FLOW_EVENTS, StreamsEngine.flowsChangelog(settings));
      if (startsAgain && hasRecord(consumer, traces)) {
        throw new IllegalStateException(reason(settings));
      }
    }
  }

  private static String reason(EngineSettings settings) {
    String topics =
        String.join(" ", InputTopics.READ.stream().map(topic -> "--topic " + topic).toList());
    return """
        the offsets of the consumer group %1$s have expired, but flows have run here before. The broker \
        deletes them after offsets.retention.minutes (7 days by default) without a running \
        instance. Every start still in %2$s or %6$s would be read again, and flows that have \
        ended would run again. Choose where to continue, then start again:
          kafka-consumer-groups.sh --bootstrap-server %3$s --group %1$s --reset-offsets \
        --to-datetime <when the last instance stopped, as 2026-11-20T10:00:00.000> %4$s \
        --topic %5$s --execute
        Use --to-latest to skip all existing records, or --to-earliest to read all of them again.\
        """
        .formatted(
            settings.applicationId(),
            Topics.EXECUTION_START,
            settings.bootstrapServers(),
            topics,
            Topics.REKEY,
            Topics.SHARED_EVENT);
  }

  /** Where reading of the shared topic begins is settled before anything has been read. */
  private static boolean hasOffsets(Admin admin, String group) {
    return offsets(admin, group).keySet().stream()
        .anyMatch(partition -> !partition.topic().equals(Topics.SHARED_EVENT));
  }

  /** The offsets that a group has; none when there is no such group. */
  static Map<TopicPartition, OffsetAndMetadata> offsets(Admin admin, String group) {
    try {
      Map<TopicPartition, OffsetAndMetadata> offsets =
          new HashMap<>(
              admin
                  .listConsumerGroupOffsets(group)
                  .partitionsToOffsetAndMetadata()
                  .get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
      offsets.values().removeIf(Objects::isNull);
      return offsets;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return Map.of();
      }
      throw new IllegalStateException(
          "the offsets of the consumer group " + group + " cannot be described: " + e.getCause(),
          e);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "reading the offsets of the consumer group " + group + " timed out", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while reading the group's offsets", e);
    }
  }

  /**
   * Whether anything committed can be read of these topics; one that does not exist has nothing.
   */
  private static boolean hasRecord(Consumer<byte[], byte[]> consumer, List<String> topics) {
    Map<String, List<PartitionInfo>> known = consumer.listTopics(PATIENCE);
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : topics) {
      known
          .getOrDefault(topic, List.of())
          .forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition())));
    }
    if (partitions.isEmpty()) {
      return false;
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions, PATIENCE));
    long giveUpAt = System.nanoTime() + PATIENCE.toNanos();
    ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
    while (!ends.isEmpty()) {
      if (!consumer.poll(POLL).isEmpty()) {
        return true;
      }
      if (System.nanoTime() - giveUpAt > 0) {
        throw new IllegalStateException("reading the end offsets of " + topics + " timed out");
      }
      ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
    }
    return false;
  }

  private static Consumer<byte[], byte[]> consumer(EngineSettings settings) {
    Map<String, Object> properties = new HashMap<>(settings.clientProperties());
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
    properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 65_536);
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}

package io.doundo.orchestrator.query.deadletter;

import io.doundo.orchestrator.query.TopicPartitions;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads the whole dead-letter topic once, as far as it goes when it begins, one partition after the
 * other. It keeps nothing. Used once.
 */
final class DeadLetterSweep {

  private static final Duration POLL = Duration.ofMillis(200);

  private final Consumer<byte[], byte[]> consumer;
  private final @Nullable Instant from;
  private final long giveUpAt;

  /**
   * @param from dead letters from before this time may be passed over; null for none
   */
  DeadLetterSweep(Consumer<byte[], byte[]> consumer, @Nullable Instant from, Duration longest) {
    this.consumer = consumer;
    this.from = from;
    this.giveUpAt = System.nanoTime() + longest.toNanos();
  }

  /**
   * How far it came.
   *
   * @param ends up to where each partition was read, which is where it ended unless there was no
   *     time for it
   * @param complete false when there was no time for all of it
   */
  record Swept(Map<Integer, Long> ends, boolean complete) {}

  /**
   * Visits every record.
   *
   * @param visitor returns false to stop
   */
  Swept run(Predicate<ConsumerRecord<byte[], byte[]>> visitor) {
    List<TopicPartition> partitions = TopicPartitions.of(Topics.DEAD_LETTER, consumer);
    Map<TopicPartition, Long> begins = begins(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Map<Integer, Long> swept = new HashMap<>();
    partitions.forEach(one -> swept.put(one.partition(), begins.getOrDefault(one, 0L)));
    for (TopicPartition partition : partitions) {
      long begin = begins.getOrDefault(partition, 0L);
      long end = ends.getOrDefault(partition, 0L);
      if (begin < end) {
        consumer.assign(List.of(partition));
        consumer.seek(partition, begin);
        while (consumer.position(partition) < end) {
          if (System.nanoTime() - giveUpAt > 0) {
            return new Swept(swept, false);
          }
          for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            if (record.offset() < end) {
              if (!visitor.test(record)) {
                return new Swept(swept, true);
              }
              swept.put(partition.partition(), record.offset() + 1);
            }
          }
        }
      }
      swept.put(partition.partition(), Math.max(begin, end));
    }
    return new Swept(swept, true);
  }

  private Map<TopicPartition, Long> begins(List<TopicPartition> partitions) {
    Map<TopicPartition, Long> begins = new HashMap<>(consumer.beginningOffsets(partitions));
    Instant time = from;
    if (time != null && time.toEpochMilli() > 0) {
      Map<TopicPartition, Long> times = new HashMap<>();
      partitions.forEach(partition -> times.put(partition, time.toEpochMilli()));
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      for (Map.Entry<TopicPartition, OffsetAndTimestamp> found :
          consumer.offsetsForTimes(times).entrySet()) {
        // Nothing is as late as that when there is no offset.
        begins.put(
            found.getKey(),
            found.getValue() == null
                ? ends.getOrDefault(found.getKey(), 0L)
                : Long.valueOf(found.getValue().offset()));
      }
    }
    return begins;
  }
}

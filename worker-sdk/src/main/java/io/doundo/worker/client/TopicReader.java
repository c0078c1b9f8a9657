package io.doundo.worker.client;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.utils.Utils;

/**
 * Reads partitions, each from a moment on, outside any group. Only those that somebody needs are
 * read, because a log of all flows is long. Not thread-safe.
 */
final class TopicReader implements AutoCloseable {

  /** How far the clocks of those who write a topic and of its broker may be apart. */
  static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(60);

  private static final Duration POLL = Duration.ofMillis(100);

  private final Consumer<byte[], byte[]> consumer;

  /** Since when each partition has been read without a gap. */
  private final Map<TopicPartition, Instant> readSince = new HashMap<>();

  private final Map<TopicPartition, Instant> seeks = new HashMap<>();

  TopicReader(Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  /** In their order; none while the topic does not exist. */
  List<TopicPartition> partitionsOf(String topic) {
    List<TopicPartition> partitions = new ArrayList<>();
    int count = consumer.partitionsFor(topic).size();
    for (int partition = 0; partition < count; partition++) {
      partitions.add(new TopicPartition(topic, partition));
    }
    return partitions;
  }

  /** The one to which records with this key are written. */
  static TopicPartition partitionOf(byte[] key, List<TopicPartition> partitions) {
    return partitions.get(Utils.toPositive(Utils.murmur2(key)) % partitions.size());
  }

  /**
   * Reads a partition from now on; also again, unless all since that moment was read already.
   *
   * @param again read it again even so
   */
  void read(TopicPartition partition, Instant since, boolean again) {
    Instant known = readSince.get(partition);
    if (known == null || since.isBefore(known)) {
      readSince.put(partition, since);
      seeks.put(partition, since);
    } else if (again) {
      seeks.merge(partition, since, (one, other) -> one.isBefore(other) ? one : other);
    }
  }

  /** Reads no others any more. */
  void retain(Set<TopicPartition> needed) {
    if (readSince.keySet().retainAll(needed)) {
      seeks.keySet().retainAll(needed);
      consumer.assign(readSince.keySet());
    }
  }

  /** The next records; empty after a short while without any. */
  Iterable<ConsumerRecord<byte[], byte[]>> next() throws InterruptedException {
    if (readSince.isEmpty()) {
      Thread.sleep(POLL.toMillis());
      return List.of();
    }
    try {
      seek();
      return consumer.poll(POLL);
    } catch (InterruptException e) {
      // Kafka's is unchecked, and sets the thread's interrupt again.
      throw new InterruptedException(e.getMessage());
    }
  }

  private void seek() {
    if (seeks.isEmpty()) {
      return;
    }
    consumer.assign(readSince.keySet());
    // The ends first: a record that is appended in between would be missed.
    Map<TopicPartition, Long> ends = consumer.endOffsets(seeks.keySet());
    Map<TopicPartition, Long> moments = new HashMap<>();
    seeks.forEach(
        (partition, since) ->
            moments.put(partition, Math.max(0, since.minus(CLOCK_TOLERANCE).toEpochMilli())));
    Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(moments);
    for (TopicPartition partition : seeks.keySet()) {
      OffsetAndTimestamp offset = found.get(partition);
      // Without one nothing is that young: what is to come is all there is.
      consumer.seek(partition, offset == null ? ends.getOrDefault(partition, 0L) : offset.offset());
    }
    seeks.clear();
  }

  @Override
  public void close() {
    consumer.close();
  }
}

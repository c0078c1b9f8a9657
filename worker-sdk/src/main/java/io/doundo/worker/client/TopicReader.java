package io.doundo.worker.client;

import io.doundo.worker.delivery.KafkaClients;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Reads all partitions of topics from a moment on, outside any group and only what is committed.
 * The first topic is waited for when it does not exist yet. Not thread-safe.
 */
final class TopicReader implements AutoCloseable {

  /** How far the clocks of this machine and the broker may be apart. */
  private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(60);

  private static final Duration POLL = Duration.ofMillis(100);

  private final Consumer<byte[], byte[]> consumer;
  private final List<String> topics;
  private Instant from;
  private boolean assigned;

  TopicReader(Map<String, Object> kafka, List<String> topics, Instant from) {
    this.consumer = KafkaClients.reader(kafka);
    this.topics = topics;
    this.from = from;
  }

  /** Reads again from an earlier moment. */
  void rewind(Instant earlier) {
    from = earlier;
    assigned = false;
  }

  /** The next records; empty after a short while without any. */
  Iterable<ConsumerRecord<byte[], byte[]>> next() throws InterruptedException {
    try {
      if (assigned || assign()) {
        return consumer.poll(POLL);
      }
    } catch (InterruptException e) {
      // Kafka's is unchecked, and sets the thread's interrupt again.
      throw new InterruptedException(e.getMessage());
    }
    Thread.sleep(10 * POLL.toMillis());
    return List.of();
  }

  private boolean assign() {
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : topics) {
      consumer
          .partitionsFor(topic)
          .forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition())));
      if (partitions.isEmpty()) {
        return false;
      }
    }
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    long moment = Math.max(0, from.minus(CLOCK_TOLERANCE).toEpochMilli());
    Map<TopicPartition, Long> moments = new HashMap<>();
    partitions.forEach(partition -> moments.put(partition, moment));
    Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(moments);
    found.forEach(
        (partition, offset) -> {
          // Null when nothing is that young: then what is to come is all there is.
          if (offset != null) {
            consumer.seek(partition, offset.offset());
          }
        });
    assigned = true;
    return true;
  }

  @Override
  public void close() {
    consumer.close();
  }
}

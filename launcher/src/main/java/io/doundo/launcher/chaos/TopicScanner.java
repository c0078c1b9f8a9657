package io.doundo.launcher.chaos;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads topics from some moment to their end. One thread at a time. */
final class TopicScanner implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Visible records and their times. */
  enum Isolation {
    COMMITTED("read_committed"),
    /** Also what belongs to transactions that were aborted. */
    ALL("read_uncommitted");

    private final String level;

    Isolation(String level) {
      this.level = level;
    }
  }

  private final KafkaConsumer<byte[], byte[]> consumer;

  TopicScanner(String bootstrapServers, Isolation isolation) {
    consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                isolation.level,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
  }

  /** Reads all there is in these topics. */
  void readAll(Predicate<String> topics, Consumer<ConsumerRecord<byte[], byte[]>> sink) {
    List<TopicPartition> partitions = partitions(topics);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Set<TopicPartition> open = new HashSet<>(partitions);
    open.removeIf(partition -> ends.getOrDefault(partition, 0L) == 0);
    consumer.assign(open);
    consumer.seekToBeginning(open);
    readTo(ends, open, sink);
  }

  /** Reads what was appended to these topics within the last moments. */
  void readLast(
      Predicate<String> topics, Duration back, Consumer<ConsumerRecord<byte[], byte[]>> sink) {
    List<TopicPartition> partitions = partitions(topics);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Map<TopicPartition, Long> times = new HashMap<>();
    long since = System.currentTimeMillis() - back.toMillis();
    partitions.forEach(partition -> times.put(partition, since));
    Map<TopicPartition, OffsetAndTimestamp> begins = new HashMap<>(consumer.offsetsForTimes(times));
    begins.values().removeIf(Objects::isNull);
    Set<TopicPartition> open = new HashSet<>(begins.keySet());
    consumer.assign(open);
    begins.forEach((partition, begin) -> consumer.seek(partition, begin.offset()));
    readTo(ends, open, sink);
  }

  private List<TopicPartition> partitions(Predicate<String> topics) {
    return new TreeSet<>(consumer.listTopics().keySet())
        .stream()
            .filter(topics)
            .flatMap(topic -> consumer.partitionsFor(topic).stream())
            .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
            .toList();
  }

  private void readTo(
      Map<TopicPartition, Long> ends,
      Set<TopicPartition> open,
      Consumer<ConsumerRecord<byte[], byte[]>> sink) {
    long limit = System.nanoTime() + PATIENCE.toNanos();
    open.removeIf(partition -> isRead(partition, ends));
    while (!open.isEmpty()) {
      var polled = consumer.poll(Duration.ofMillis(300));
      for (ConsumerRecord<byte[], byte[]> record : polled) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        if (record.offset() < ends.getOrDefault(partition, 0L)) {
          sink.accept(record);
        }
      }
      if (open.removeIf(partition -> isRead(partition, ends))) {
        consumer.assign(open);
      }
      if (!polled.isEmpty()) {
        limit = System.nanoTime() + PATIENCE.toNanos();
      } else if (System.nanoTime() > limit) {
        throw new IllegalStateException(
            "no more records arrive, but these partitions are not read to the end: " + open);
      }
    }
  }

  private boolean isRead(TopicPartition partition, Map<TopicPartition, Long> ends) {
    return consumer.position(partition) >= ends.getOrDefault(partition, 0L);
  }

  @Override
  public void close() {
    consumer.close();
  }
}

package io.doundo.orchestrator.query;

import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Reads the newest dead letters from their topic. Thread-safe. */
public final class DeadLetterReader {

  public static final int MAX_LIMIT = 500;

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int MAX_VALUE_CHARS = 8_192;

  private final ReaderPool readers;

  public DeadLetterReader(ReaderPool readers) {
    this.readers = readers;
  }

  /** The newest dead letters, newest first. */
  public List<DeadLetterView> newest(int limit) {
    List<ConsumerRecord<byte[], byte[]>> records = readers.read(consumer -> read(consumer, limit));
    return records.stream()
        .sorted(
            Comparator.<ConsumerRecord<byte[], byte[]>>comparingLong(ConsumerRecord::timestamp)
                .thenComparingLong(ConsumerRecord::offset)
                .reversed())
        .limit(limit)
        .map(DeadLetterReader::view)
        .toList();
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(
      Consumer<byte[], byte[]> consumer, int limit) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(Topics.DEAD_LETTER).stream()
            .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
            .toList();
    consumer.assign(partitions);
    Map<TopicPartition, Long> begin = consumer.beginningOffsets(partitions);
    Map<TopicPartition, Long> behind = new HashMap<>(consumer.endOffsets(partitions));
    behind.forEach(
        (partition, end) ->
            consumer.seek(partition, Math.max(begin.getOrDefault(partition, 0L), end - limit)));
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    long start = System.nanoTime();
    while (!behind.isEmpty() && System.nanoTime() - start < LIMIT.toNanos()) {
      behind.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
      if (!behind.isEmpty()) {
        consumer.poll(POLL).forEach(records::add);
      }
    }
    return records;
  }

  private static DeadLetterView view(ConsumerRecord<byte[], byte[]> record) {
    String value = text(record.value());
    boolean cut = value.length() > MAX_VALUE_CHARS;
    return new DeadLetterView(
        header(record, RecordHeaders.DEAD_LETTER_TOPIC, record.topic()),
        (int) number(record, RecordHeaders.DEAD_LETTER_PARTITION, record.partition()),
        number(record, RecordHeaders.DEAD_LETTER_OFFSET, record.offset()),
        record.key() == null ? null : text(record.key()),
        header(record, RecordHeaders.DEAD_LETTER_REASON, "no reason was recorded"),
        Instant.ofEpochMilli(
            number(record, RecordHeaders.DEAD_LETTER_TIMESTAMP, record.timestamp())),
        cut ? value.substring(0, MAX_VALUE_CHARS) : value,
        cut || record.headers().lastHeader(RecordHeaders.DEAD_LETTER_LENGTH) != null);
  }

  private static String text(byte @Nullable [] bytes) {
    return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
  }

  private static String header(
      ConsumerRecord<byte[], byte[]> record, String name, String otherwise) {
    Header header = record.headers().lastHeader(name);
    return header == null || header.value() == null ? otherwise : text(header.value());
  }

  /** Anyone may write to the topic, so a header that is no number is not relied on. */
  private static long number(ConsumerRecord<byte[], byte[]> record, String name, long otherwise) {
    String text = header(record, name, "");
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : otherwise;
  }
}

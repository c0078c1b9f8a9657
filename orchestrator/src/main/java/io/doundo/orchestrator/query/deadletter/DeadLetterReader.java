package io.doundo.orchestrator.query.deadletter;

import io.doundo.orchestrator.query.ReaderPool;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.TopicPartitions;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Reads dead letters from their topic. A page takes the memory of what it shows and of one fetch,
 * however large the records are and however many there are. Thread-safe.
 */
public final class DeadLetterReader {

  public static final int MAX_LIMIT = 500;

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int MAX_VALUE_CHARS = 8_192;
  private static final int MAX_KEY_CHARS = 1_024;
  private static final int MAX_REASON_CHARS = 4_096;

  /** UTF-8 has at most four bytes for what is two chars, and three for what is one. */
  private static final int MAX_BYTES_PER_CHAR = 3;

  private final ReaderPool readers;

  public DeadLetterReader(ReaderPool readers) {
    this.readers = readers;
  }

  /**
   * The newest dead letters, or the newest before those of an earlier page.
   *
   * @param cursor of the earlier page; null for the first
   */
  public DeadLetterPage page(int limit, @Nullable DeadLetterCursor cursor) {
    return readers.read(consumer -> new DeadLetterScan(consumer, limit, cursor, LIMIT).run());
  }

  /** The value of one dead letter, byte for byte; empty when there is none of this id. */
  public Optional<byte[]> value(String id) {
    return record(id).map(record -> record.value() == null ? new byte[0] : record.value());
  }

  /** One dead letter with its whole value; empty when there is none of this id. */
  public Optional<DeadLetterView> one(String id) {
    return record(id).map(record -> view(record, Integer.MAX_VALUE));
  }

  private Optional<ConsumerRecord<byte[], byte[]>> record(String id) {
    if (!id.matches("\\d{1,6}-\\d{1,18}")) {
      return Optional.empty();
    }
    int dash = id.indexOf('-');
    int partition = Integer.parseInt(id.substring(0, dash));
    long offset = Long.parseLong(id.substring(dash + 1));
    return readers.read(consumer -> record(consumer, partition, offset));
  }

  private static Optional<ConsumerRecord<byte[], byte[]>> record(
      Consumer<byte[], byte[]> consumer, int number, long offset) {
    TopicPartition partition = new TopicPartition(Topics.DEAD_LETTER, number);
    List<TopicPartition> only = List.of(partition);
    if (!TopicPartitions.of(Topics.DEAD_LETTER, consumer).contains(partition)) {
      return Optional.empty();
    }
    long begin = consumer.beginningOffsets(only).getOrDefault(partition, 0L);
    long end = consumer.endOffsets(only).getOrDefault(partition, 0L);
    if (offset < begin || offset >= end) {
      return Optional.empty();
    }
    consumer.assign(only);
    consumer.seek(partition, offset);
    long start = System.nanoTime();
    while (consumer.position(partition) <= offset) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (record.offset() >= offset) {
          return record.offset() == offset ? Optional.of(record) : Optional.empty();
        }
      }
      if (System.nanoTime() - start > LIMIT.toNanos()) {
        throw new ReadsUnavailableException(
            "The dead letter could not be read within " + LIMIT.toSeconds() + " s.");
      }
    }
    return Optional.empty();
  }

  /** A record as it stands in a list. */
  static DeadLetterView view(ConsumerRecord<byte[], byte[]> record) {
    return view(record, MAX_VALUE_CHARS);
  }

  private static DeadLetterView view(ConsumerRecord<byte[], byte[]> record, int maxValueChars) {
    byte[] value = record.value() == null ? new byte[0] : record.value();
    String begin = text(value, maxValueChars + 1L);
    boolean cut = begin.length() > maxValueChars;
    return new DeadLetterView(
        record.partition() + "-" + record.offset(),
        header(record, RecordHeaders.DEAD_LETTER_TOPIC, record.topic()),
        (int) number(record, RecordHeaders.DEAD_LETTER_PARTITION, record.partition()),
        number(record, RecordHeaders.DEAD_LETTER_OFFSET, record.offset()),
        record.key() == null ? null : text(record.key(), MAX_KEY_CHARS),
        header(record, RecordHeaders.DEAD_LETTER_REASON, "no reason recorded"),
        Instant.ofEpochMilli(
            number(record, RecordHeaders.DEAD_LETTER_TIMESTAMP, record.timestamp())),
        cut ? begin.substring(0, maxValueChars) : begin,
        value.length,
        cut || record.headers().lastHeader(RecordHeaders.DEAD_LETTER_LENGTH) != null);
  }

  /** The beginning of a text, of which no more is decoded than is shown. */
  private static String text(byte[] bytes, long maxChars) {
    int length = (int) Math.min(bytes.length, maxChars * MAX_BYTES_PER_CHAR);
    String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
    return text.length() <= maxChars ? text : text.substring(0, (int) maxChars);
  }

  private static String header(
      ConsumerRecord<byte[], byte[]> record, String name, String otherwise) {
    Header header = record.headers().lastHeader(name);
    return header == null || header.value() == null
        ? otherwise
        : text(header.value(), MAX_REASON_CHARS);
  }

  /** Anyone may write to the topic, so a header that is no number is not relied on. */
  private static long number(ConsumerRecord<byte[], byte[]> record, String name, long otherwise) {
    String text = header(record, name, "");
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : otherwise;
  }
}

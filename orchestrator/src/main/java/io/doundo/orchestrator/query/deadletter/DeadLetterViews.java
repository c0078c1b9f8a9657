package io.doundo.orchestrator.query.deadletter;

import io.doundo.orchestrator.query.deadletter.DeadLetterView.HeaderView;
import io.doundo.orchestrator.query.deadletter.StoredDeadLetter.StoredHeader;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.json.Utf8;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Shows records of the dead-letter topic. Thread-safe. */
final class DeadLetterViews {

  private static final int MAX_VALUE_CHARS = 8_192;
  private static final int MAX_KEY_CHARS = 1_024;
  private static final int MAX_REASON_CHARS = 4_096;
  private static final int MAX_HEADER_CHARS = 1_024;
  private static final int MAX_HEADERS = 100;

  /** The headers that the view shows as fields of their own. */
  private static final Set<String> PLACE =
      Set.of(
          RecordHeaders.DEAD_LETTER_REASON,
          RecordHeaders.DEAD_LETTER_TOPIC,
          RecordHeaders.DEAD_LETTER_PARTITION,
          RecordHeaders.DEAD_LETTER_OFFSET,
          RecordHeaders.DEAD_LETTER_TIMESTAMP);

  /** UTF-8 has at most four bytes for what is two chars, and three for what is one. */
  private static final int MAX_BYTES_PER_CHAR = 3;

  private final SeenMarks seen;
  private final DeadLetterGroups groups = new DeadLetterGroups();

  DeadLetterViews(SeenMarks seen) {
    this.seen = seen;
  }

  static StoredDeadLetter stored(ConsumerRecord<byte[], byte[]> record) {
    List<StoredHeader> headers = new ArrayList<>();
    record.headers().forEach(header -> headers.add(new StoredHeader(header.key(), header.value())));
    return new StoredDeadLetter(
        idOf(record),
        header(record, RecordHeaders.DEAD_LETTER_TOPIC, record.topic()),
        record.key(),
        valueOf(record),
        headers,
        isWhole(record));
  }

  /** A record as it stands in a list. */
  DeadLetterView view(ConsumerRecord<byte[], byte[]> record) {
    return view(record, MAX_VALUE_CHARS);
  }

  DeadLetterView view(ConsumerRecord<byte[], byte[]> record, int maxValueChars) {
    byte[] value = valueOf(record);
    String begin = text(value, maxValueChars + 1L);
    boolean cut = begin.length() > maxValueChars;
    boolean isBinary = maxValueChars == Integer.MAX_VALUE && Utf8.decode(value) == null;
    Header flow = record.headers().lastHeader("flowId");
    String topic = header(record, RecordHeaders.DEAD_LETTER_TOPIC, record.topic());
    String reason = header(record, RecordHeaders.DEAD_LETTER_REASON, "no reason recorded");
    String fingerprint = groups.of(topic, reason).fingerprint();
    String seenBy = seen.seenBy(record.partition(), record.offset(), fingerprint);
    return new DeadLetterView(
        idOf(record),
        topic,
        (int) number(record, RecordHeaders.DEAD_LETTER_PARTITION, record.partition()),
        number(record, RecordHeaders.DEAD_LETTER_OFFSET, record.offset()),
        record.key() == null ? null : text(record.key(), MAX_KEY_CHARS),
        NamedFlow.of(value, flow == null ? null : flow.value(), record.key()),
        reason,
        Instant.ofEpochMilli(
            number(record, RecordHeaders.DEAD_LETTER_TIMESTAMP, record.timestamp())),
        Instant.ofEpochMilli(record.timestamp()),
        cut ? begin.substring(0, maxValueChars) : begin,
        isBinary ? Base64.getEncoder().encodeToString(value) : null,
        value.length,
        cut || !isWhole(record),
        headers(record),
        resentFrom(record),
        fingerprint,
        seenBy != null,
        seenBy);
  }

  private static List<HeaderView> headers(ConsumerRecord<byte[], byte[]> record) {
    List<HeaderView> headers = new ArrayList<>();
    for (Header header : record.headers()) {
      if (headers.size() < MAX_HEADERS && !PLACE.contains(header.key())) {
        byte[] value = header.value() == null ? new byte[0] : header.value();
        headers.add(
            new HeaderView(
                header.key(),
                text(value, MAX_HEADER_CHARS),
                Utf8.decode(value) == null ? base64(value) : null));
      }
    }
    return headers;
  }

  private static String base64(byte[] value) {
    return Base64.getEncoder()
        .encodeToString(
            value.length > MAX_HEADER_CHARS ? Arrays.copyOf(value, MAX_HEADER_CHARS) : value);
  }

  private static @Nullable String resentFrom(ConsumerRecord<byte[], byte[]> record) {
    String id = header(record, RecordHeaders.DEAD_LETTER_RESENT_FROM, "");
    return DeadLetterPlace.of(id) == null ? null : id;
  }

  private static String idOf(ConsumerRecord<byte[], byte[]> record) {
    return record.partition() + "-" + record.offset();
  }

  static byte[] valueOf(ConsumerRecord<byte[], byte[]> record) {
    return record.value() == null ? new byte[0] : record.value();
  }

  /** Whether the value was short enough to be kept in full. */
  private static boolean isWhole(ConsumerRecord<byte[], byte[]> record) {
    return record.headers().lastHeader(RecordHeaders.DEAD_LETTER_LENGTH) == null;
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

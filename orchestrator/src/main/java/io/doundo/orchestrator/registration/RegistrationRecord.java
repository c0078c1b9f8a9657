package io.doundo.orchestrator.registration;

import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.json.Printable;
import io.doundo.protocol.json.Utf8;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Reads what the compiler needs from a Kafka record. */
final class RegistrationRecord {

  /** The names of those who ask are kept with each version. */
  private static final int MAX_NAME = 100;

  private RegistrationRecord() {}

  /** The headers that are valid text, the last of each name. */
  static Map<String, String> headers(ConsumerRecord<?, ?> source) {
    Map<String, String> headers = new HashMap<>();
    for (Header header : source.headers()) {
      String text = header.value() == null ? null : Utf8.decode(header.value());
      if (text != null) {
        headers.put(header.key(), text);
      }
    }
    return headers;
  }

  /** The requester, as the record claims; null when it does not say. */
  static @Nullable String requestedBy(ConsumerRecord<?, ?> source) {
    String name = headers(source).get(RecordHeaders.REQUESTED_BY);
    return name == null || name.isBlank() ? null : Printable.line(name, MAX_NAME);
  }

  /** For logs and statuses: {@code topic-partition@offset}. */
  static String place(ConsumerRecord<?, ?> source) {
    return source.topic() + '-' + source.partition() + '@' + source.offset();
  }
}

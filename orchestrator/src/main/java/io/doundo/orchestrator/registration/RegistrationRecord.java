package io.doundo.orchestrator.registration;

import io.doundo.protocol.Utf8;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Reads what the compiler needs from a Kafka record. */
final class RegistrationRecord {

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

  /** For logs and statuses: {@code topic-partition@offset}. */
  static String place(ConsumerRecord<?, ?> source) {
    return source.topic() + '-' + source.partition() + '@' + source.offset();
  }
}

package io.doundo.orchestrator.streams;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A record that is ready to be sent: its size is checked and nothing about it can fail any more.
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; the arrays are not written.
record Outbound(String topic, byte @Nullable [] key, Headers headers, byte[] value) {

  /** What a record takes on the wire beside key, value and headers; rather too much. */
  private static final int OVERHEAD = 128;

  /** A record without headers, keyed by flowId. */
  static Outbound of(String topic, String flowId, byte[] value) {
    return new Outbound(topic, flowId.getBytes(StandardCharsets.UTF_8), new RecordHeaders(), value);
  }

  int size() {
    int size = OVERHEAD + value.length + (key == null ? 0 : key.length);
    for (Header header : headers) {
      byte[] text = header.value();
      size += 10 + 3 * header.key().length() + (text == null ? 0 : text.length);
    }
    return size;
  }
}

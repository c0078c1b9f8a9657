package io.doundo.orchestrator.streams.record;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A record that is ready to be sent: its size is checked and nothing about it can fail any more.
 *
 * @param timestamp which the record carries, ms since the epoch; negative for when it is sent
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; the arrays are not written.
public record OutputRecord(
    String topic, byte @Nullable [] key, Headers headers, byte[] value, long timestamp) {

  /** The record carries the time at which it is sent. */
  private static final long WHEN_SENT = -1;

  /** The size of a record on the wire beside key, value and headers; rather too much. */
  private static final int OVERHEAD = 128;

  public OutputRecord(String topic, byte @Nullable [] key, Headers headers, byte[] value) {
    this(topic, key, headers, value, WHEN_SENT);
  }

  /** A record without headers, keyed by flowId. */
  public static OutputRecord of(String topic, String flowId, byte[] value) {
    return at(WHEN_SENT, topic, flowId, value);
  }

  /** A record without headers, keyed by flowId, that carries this time, ms since the epoch. */
  public static OutputRecord at(long timestamp, String topic, String flowId, byte[] value) {
    return new OutputRecord(
        topic, flowId.getBytes(StandardCharsets.UTF_8), new RecordHeaders(), value, timestamp);
  }

  public long timestampAt(long now) {
    return timestamp < 0 ? now : timestamp;
  }

  public int size() {
    int size = OVERHEAD + value.length + (key == null ? 0 : key.length);
    for (Header header : headers) {
      byte[] text = header.value();
      size += 10 + 3 * header.key().length() + (text == null ? 0 : text.length);
    }
    return size;
  }
}

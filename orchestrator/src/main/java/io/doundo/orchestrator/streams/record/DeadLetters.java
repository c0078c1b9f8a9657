package io.doundo.orchestrator.streams.record;

import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.state.StoreNames;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.DeadLetter;
import io.doundo.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Makes dead letters: the value byte for byte, cut only when the broker would not take it, under
 * headers that say why and where it came from. Immutable.
 */
public final class DeadLetters {

  /** Room for the headers, whose longest part is the reason. */
  private static final int HEADER_ROOM = 24 * 1024;

  /** A longer key is left out, so that the value can be kept. */
  private static final int LONGEST_KEY = 16 * 1024;

  private final int maxValueBytes;

  public DeadLetters(EngineSettings settings) {
    this.maxValueBytes = settings.maxRecordBytes() - HEADER_ROOM - LONGEST_KEY;
  }

  public OutputRecord of(InputRecord record, String reason) {
    return of(record.origin(), record.key(), record.headers(), record.value(), reason);
  }

  /** The stored state of a flow that cannot be read. It has no place in a topic of others. */
  public OutputRecord ofState(String flowId, byte[] state, String reason) {
    return of(
        new DeadLetter.Source(StoreNames.FLOWS, 0, 0, 0),
        flowId.getBytes(StandardCharsets.UTF_8),
        List.of(),
        state,
        reason);
  }

  /**
   * A kept signal that no step will take. Its own record was processed earlier; this one has the
   * same fields, but no source coordinates.
   *
   * @param receivedAt when the flow received it, ms since the epoch
   */
  public OutputRecord ofSignal(ControlCommand signal, long receivedAt, String reason) {
    return of(
        new DeadLetter.Source(Topics.CONTROL, -1, -1, receivedAt),
        signal.flowId().getBytes(StandardCharsets.UTF_8),
        List.of(),
        signal.encode(),
        reason);
  }

  private OutputRecord of(
      DeadLetter.Source origin,
      byte @Nullable [] key,
      List<Header> original,
      byte @Nullable [] value,
      String reason) {
    DeadLetter letter = DeadLetter.of(value, origin, reason, maxValueBytes);
    Headers headers = new RecordHeaders();
    if (letter.value().length + size(original) <= maxValueBytes) {
      // Where there is no room for both, the value is worth more.
      original.forEach(headers::add);
    }
    letter.headers().forEach(headers::add);
    byte[] kept = key == null || key.length > LONGEST_KEY ? null : key;
    return new OutputRecord(Topics.DEAD_LETTER, kept, headers, letter.value());
  }

  private static int size(List<Header> headers) {
    int size = 0;
    for (Header header : headers) {
      size += header.key().length() * 3 + (header.value() == null ? 0 : header.value().length);
    }
    return size;
  }
}

package io.doundo.orchestrator.query.deadletter;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter byte for byte, with the headers that its source had. Everything about it comes from
 * whoever wrote it, and is to be checked before it is relied on.
 *
 * @param id {@code partition-offset}
 * @param topic where it says it came from
 * @param headers in their order
 * @param whole whether all of the value was kept
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; the arrays are not written.
public record StoredDeadLetter(
    String id,
    String topic,
    byte @Nullable [] key,
    byte[] value,
    List<StoredHeader> headers,
    boolean whole) {

  /** A record header. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared; the array is not written.
  public record StoredHeader(String name, byte @Nullable [] value) {}

  public StoredDeadLetter {
    headers = List.copyOf(headers);
  }

  /** The last header of this name. */
  public Optional<byte[]> header(String name) {
    byte[] found = null;
    for (StoredHeader header : headers) {
      if (header.name().equals(name)) {
        found = header.value();
      }
    }
    return Optional.ofNullable(found);
  }
}

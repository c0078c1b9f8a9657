package io.doundo.orchestrator.query.deadletter;

import io.doundo.orchestrator.query.Payload;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record that could not be understood.
 *
 * @param id where it stands among the dead letters, {@code partition-offset}; finds it whole
 * @param topic where it came from, as are partition and offset
 * @param key as text, cut when it is long
 * @param flowId the flow that it is about, as far as that can be read
 * @param timestamp when it was appended there
 * @param deadLetteredAt when it became a dead letter
 * @param value its value as text, cut when it is long
 * @param valueBase64 its value byte for byte, where it is shown whole and is not valid UTF-8; else
 *     null
 * @param valueBytes how long the value is that is kept here
 * @param truncated whether the value is shown or was kept in part only
 * @param headers those that its source had, and those that say what became of it
 * @param resentFrom the id of the dead letter that was sent again as this record, or null
 * @param fingerprint the group of its reason: the same for all with the same cause
 * @param seen whether an operator has marked it as seen
 * @param seenBy who has; null when nobody has
 */
public record DeadLetterView(
    String id,
    String topic,
    int partition,
    long offset,
    @Nullable String key,
    @Nullable String flowId,
    String reason,
    Instant timestamp,
    Instant deadLetteredAt,
    @Payload String value,
    @Payload @Nullable String valueBase64,
    int valueBytes,
    boolean truncated,
    List<HeaderView> headers,
    @Nullable String resentFrom,
    String fingerprint,
    boolean seen,
    @Nullable String seenBy) {

  public DeadLetterView {
    headers = List.copyOf(headers);
  }

  /**
   * A record header.
   *
   * @param value as text, cut when it is long
   * @param valueBase64 its bytes, where they are not valid UTF-8; else null
   */
  public record HeaderView(
      String name, @Payload String value, @Payload @Nullable String valueBase64) {}
}

package io.doundo.protocol.http;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.json.RawJson;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One call of a command. A DO has one; an UNDO has one for each key under which something may still
 * stand.
 *
 * @param key the idempotency key of the DO, in an UNDO too
 * @param verify null when the step has none
 * @param lastDeadline in a DO the deadline of the last attempt before this one under the same key,
 *     null when there was none; in an UNDO that of the last attempt or, when none is on record, the
 *     latest that one can have had. The same in all attempts of an UNDO. By the orchestrator's
 *     clock.
 * @param effect what is known of the DO of this key; null in a DO
 * @param result what the DO of this key returned; null when that is unknown, and in a DO
 */
public record HttpCall(
    String key,
    HttpRequest request,
    @Nullable HttpVerify verify,
    @Nullable Instant lastDeadline,
    @Nullable KnownEffect effect,
    @Nullable RawJson result) {

  static final int MAX_KEY = 255;

  /** The call of a DO. */
  public static HttpCall ofDo(
      String key,
      HttpRequest request,
      @Nullable HttpVerify verify,
      @Nullable Instant lastDeadline) {
    return new HttpCall(key, request, verify, lastDeadline, null, null);
  }
}

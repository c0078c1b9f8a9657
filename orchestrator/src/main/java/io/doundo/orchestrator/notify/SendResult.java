package io.doundo.orchestrator.notify;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What became of one attempt.
 *
 * @param status of the response; 0 when there was none
 * @param error why it failed, for people; null when the receiver accepted it
 * @param retryAfter how long the receiver asks to be left alone; null when it does not
 * @param tookMs how long the attempt took
 * @param hadTurn false when the limits of the orchestrator's own connection left it no turn, so
 *     that nothing was sent
 */
public record SendResult(
    int status,
    @Nullable String error,
    @Nullable Duration retryAfter,
    long tookMs,
    boolean hadTurn) {

  private static final int TOO_MANY_REQUESTS = 429;

  /** What an attempt says about the receiver. */
  public enum Kind {
    /** The receiver has it: any 2xx. */
    DELIVERED,
    /** The receiver is there and accepts fewer requests in this time: 429. */
    THROTTLED,
    /** The failure is about this body and no other. */
    BODY_REFUSED,
    /** The next delivery is likely to fail too: no answer, a refused login, a wrong path. */
    FAILED,
    /** Nothing was sent, and nothing is known about the receiver. */
    NOT_SENT
  }

  /** An attempt that had its turn. */
  public SendResult(
      int status, @Nullable String error, @Nullable Duration retryAfter, long tookMs) {
    this(status, error, retryAfter, tookMs, true);
  }

  /** What it says about the receiver. */
  public Kind kind() {
    if (error == null) {
      return Kind.DELIVERED;
    }
    if (!hadTurn) {
      return Kind.NOT_SENT;
    }
    return switch (status) {
      case TOO_MANY_REQUESTS -> Kind.THROTTLED;
      case 400, 409, 413, 415, 422 -> Kind.BODY_REFUSED;
      default -> Kind.FAILED;
    };
  }
}

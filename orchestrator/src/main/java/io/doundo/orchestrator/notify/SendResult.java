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
 */
public record SendResult(
    int status, @Nullable String error, @Nullable Duration retryAfter, long tookMs) {

  /** Whether the receiver has it: any 2xx. */
  public boolean isDelivered() {
    return error == null;
  }

  /**
   * Whether the failure is about this body and no other. All other failures are likely to meet the
   * next delivery too: no answer, a login that is refused, a wrong path, a server in trouble.
   */
  boolean isAboutBody() {
    return switch (status) {
      case 400, 409, 413, 415, 422 -> error != null;
      default -> false;
    };
  }
}

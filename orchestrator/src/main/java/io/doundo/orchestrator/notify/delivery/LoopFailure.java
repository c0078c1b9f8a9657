package io.doundo.orchestrator.notify.delivery;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether the notifier fails. A failure that comes again with every new consumer is one failure, so
 * it counts until nothing has failed for a while. Time arrives with each call. Not thread-safe.
 */
final class LoopFailure {

  /** Longer than another consumer needs to fail again. */
  static final Duration STEADY = Duration.ofSeconds(30);

  private @Nullable String message;
  private Instant last = Instant.EPOCH;

  /** Work has failed. */
  void happened(String why, Instant now) {
    message = why;
    last = now;
  }

  /** Work has succeeded. */
  void worked(Instant now) {
    if (!now.isBefore(last.plus(STEADY))) {
      message = null;
    }
  }

  /** Why it fails; null when it does not. */
  @Nullable String message() {
    return message;
  }
}

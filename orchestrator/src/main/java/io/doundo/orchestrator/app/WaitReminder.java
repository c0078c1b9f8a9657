package io.doundo.orchestrator.app;

import java.time.Duration;

/**
 * Tells when a wait is worth a word: once it has really become long, and again from time to time.
 * Times are of {@link System#nanoTime}.
 */
final class WaitReminder {

  static final Duration LONG = Duration.ofSeconds(10);
  static final Duration AGAIN = Duration.ofSeconds(30);

  private long sayAt;

  WaitReminder(long began) {
    this.sayAt = began + LONG.toNanos();
  }

  boolean isDue(long now) {
    if (now - sayAt < 0) {
      return false;
    }
    sayAt = now + AGAIN.toNanos();
    return true;
  }
}

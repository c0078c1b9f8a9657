package io.doundo.orchestrator.notify;

import java.time.Duration;

/**
 * When a delivery is tried again, and when it is given up.
 *
 * @param first the pause after the first failure; it doubles with each further one
 * @param longest the longest pause
 * @param giveUpAfter how long after it was made, or sent again, a delivery is tried
 */
public record RetryRules(Duration first, Duration longest, Duration giveUpAfter) {

  /** One second, doubling to five minutes, for 24 hours. */
  public static final RetryRules DEFAULTS =
      new RetryRules(Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ofHours(24));

  private static final int MOST_DOUBLINGS = 30;

  /** Up to this part of a pause is taken off it, so that deliveries do not come in step. */
  private static final double JITTER = 0.2;

  public RetryRules {
    if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "the first pause must be positive, the longest no shorter");
    }
    if (giveUpAfter.isNegative() || giveUpAfter.isZero()) {
      throw new IllegalArgumentException("a delivery must be tried for some time");
    }
  }

  /**
   * The pause after so many failures in a row.
   *
   * @param seed whose pauses they are: the same seed has the same ones
   */
  Duration pause(int failures, String seed) {
    long doubled = first.toMillis() << Math.min(failures - 1, MOST_DOUBLINGS);
    long capped = doubled <= 0 ? longest.toMillis() : Math.min(doubled, longest.toMillis());
    double share = Math.floorMod((seed + failures).hashCode(), 1_000) / 1_000.0;
    return Duration.ofMillis(Math.max(1, Math.round(capped * (1 - JITTER * share))));
  }
}

package io.doundo.orchestrator.definition;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How often and how soon a step's DO or UNDO is tried again.
 *
 * @param maxAttempts attempts in all, the first included; at least 1
 * @param strategy how the delay grows from one attempt to the next
 * @param delay the delay before the second attempt
 * @param factor by which an exponential delay grows from one attempt to the next; at least 1
 * @param maxDelay the upper bound of a delay, before jitter
 * @param jitter the share of the delay, 0 to 1, by which it is spread to both sides
 * @param retryOn regular expressions, case-insensitive, found anywhere in the error message; when
 *     not empty, only a matching failure is retried
 * @param abortOn the same form; a matching failure is not retried, and wins over {@code retryOn}
 */
public record RetryPolicy(
    int maxAttempts,
    Strategy strategy,
    Duration delay,
    double factor,
    Duration maxDelay,
    double jitter,
    List<String> retryOn,
    List<String> abortOn) {

  /** The default factor: an exponential delay doubles. */
  public static final double DEFAULT_FACTOR = 2;

  /** How the delay grows. {@code NONE} tries again at once. */
  public enum Strategy {
    FIXED,
    LINEAR,
    EXPONENTIAL,
    NONE
  }

  /**
   * The number of attempts whose delays, exponential from 500 ms up to 60 s, add up to 24 hours: 8
   * attempts until the delay reaches its bound, then one a minute.
   */
  public static final int ATTEMPTS_OF_A_DAY = 1447;

  /** The default of a DO: three attempts, exponential from 500 ms up to 30 s, 20 % jitter. */
  public static final RetryPolicy DEFAULT_DO =
      new RetryPolicy(
          3,
          Strategy.EXPONENTIAL,
          Duration.ofMillis(500),
          Duration.ofSeconds(30),
          0.2,
          List.of(),
          List.of());

  /** The default of an UNDO, and of a DO after a pivot: for 24 hours, at most 60 s apart. */
  public static final RetryPolicy DEFAULT_PERSISTENT =
      new RetryPolicy(
          ATTEMPTS_OF_A_DAY,
          Strategy.EXPONENTIAL,
          Duration.ofMillis(500),
          Duration.ofSeconds(60),
          0.2,
          List.of(),
          List.of());

  /** A policy whose exponential delay doubles. */
  public RetryPolicy(
      int maxAttempts,
      Strategy strategy,
      Duration delay,
      Duration maxDelay,
      double jitter,
      List<String> retryOn,
      List<String> abortOn) {
    this(maxAttempts, strategy, delay, DEFAULT_FACTOR, maxDelay, jitter, retryOn, abortOn);
  }

  public RetryPolicy {
    retryOn = ErrorPatternList.of(retryOn);
    abortOn = ErrorPatternList.of(abortOn);
  }

  /** The same delays for another number of attempts. */
  public RetryPolicy withMaxAttempts(int attempts) {
    return new RetryPolicy(attempts, strategy, delay, factor, maxDelay, jitter, retryOn, abortOn);
  }

  /**
   * The delay between an attempt and the next one, in ms, before jitter; the same on every machine.
   *
   * @param failed how many attempts have failed, at least 1
   */
  public long delayMs(int failed) {
    double first = delay.toMillis();
    double grown =
        switch (strategy) {
          case NONE -> 0;
          case FIXED -> first;
          case LINEAR -> first * failed;
          // Zero times infinity is not a number.
          case EXPONENTIAL -> first == 0 ? 0 : first * StrictMath.pow(factor, failed - 1);
        };
    return (long) Math.min(grown, (double) maxDelay.toMillis());
  }

  /** Whether the patterns let a failure be retried that has this error message. */
  public boolean retries(@Nullable String error) {
    if (abortOn.isEmpty() && retryOn.isEmpty()) {
      return true;
    }
    String text = error == null ? "" : error;
    if (ErrorPatternList.of(abortOn).anyFoundIn(text)) {
      return false;
    }
    return retryOn.isEmpty() || ErrorPatternList.of(retryOn).anyFoundIn(text);
  }
}

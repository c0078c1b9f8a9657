package io.doundo.orchestrator.definition;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long an attempt of a step may take, and which attempt follows it.
 *
 * @param timeout how long one attempt may stay unanswered before it is in doubt, or how long a step
 *     waits for a signal; zero for no limit
 * @param onTimeout what follows a DO that is in doubt
 */
public record AttemptRules(
    Duration timeout, OnTimeout onTimeout, RetryPolicy retry, RetryPolicy undoRetry) {

  /**
   * The rules of a step that waits for a signal.
   *
   * @param timeout how long it waits; null for no limit
   */
  public static AttemptRules waiting(@Nullable Duration timeout, OnTimeout onTimeout) {
    return new AttemptRules(
        timeout == null ? Duration.ZERO : timeout,
        onTimeout,
        RetryPolicy.DEFAULT_DO,
        RetryPolicy.DEFAULT_PERSISTENT);
  }

  /** The rules of a step that is evaluated at once: it never waits and is never retried. */
  public static final AttemptRules INSIDE =
      new AttemptRules(
          Orchestration.DEFAULT_STEP_TIMEOUT,
          OnTimeout.RETRY,
          RetryPolicy.DEFAULT_DO,
          RetryPolicy.DEFAULT_PERSISTENT);

  /** How long an attempt of an HTTP request may take when the document does not say. */
  public static final Duration DEFAULT_HTTP_TIMEOUT = Duration.ofSeconds(30);

  /** The retry policy of a step with parts: one attempt, because the steps of its parts retry. */
  public static final RetryPolicy RETRY_OF_PARTS = RetryPolicy.DEFAULT_DO.withMaxAttempts(1);

  /**
   * The rules of a step with parts.
   *
   * @param timeout how long its parts may take together; null for no limit
   */
  public static AttemptRules ofParts(
      @Nullable Duration timeout, OnTimeout onTimeout, RetryPolicy retry) {
    return new AttemptRules(
        timeout == null ? Duration.ZERO : timeout,
        onTimeout,
        retry,
        RetryPolicy.DEFAULT_PERSISTENT);
  }
}

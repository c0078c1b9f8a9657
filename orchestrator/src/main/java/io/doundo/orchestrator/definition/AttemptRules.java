package io.doundo.orchestrator.definition;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long an attempt of a step may take, and which attempt follows it.
 *
 * @param timeout how long one attempt may stay unanswered before it is in doubt, or how long a
 *     signal is waited for; zero for without end
 * @param onTimeout what follows a DO that is in doubt
 */
public record AttemptRules(
    Duration timeout, OnTimeout onTimeout, RetryPolicy retry, RetryPolicy undoRetry) {

  /**
   * Of a step that waits for a signal.
   *
   * @param timeout how long it waits; null for without end
   */
  public static AttemptRules waiting(@Nullable Duration timeout, OnTimeout onTimeout) {
    return new AttemptRules(
        timeout == null ? Duration.ZERO : timeout,
        onTimeout,
        RetryPolicy.DEFAULT_DO,
        RetryPolicy.DEFAULT_PERSISTENT);
  }

  /** Of a step that is carried out at once: nothing of it waits, and nothing is tried again. */
  public static final AttemptRules INSIDE =
      new AttemptRules(
          Orchestration.DEFAULT_STEP_TIMEOUT,
          OnTimeout.RETRY,
          RetryPolicy.DEFAULT_DO,
          RetryPolicy.DEFAULT_PERSISTENT);
}

package io.doundo.orchestrator.definition;

import java.time.Duration;

/**
 * How long an attempt of a step may take, and which attempt follows it.
 *
 * @param timeout how long one attempt may stay unanswered before it is in doubt
 * @param onTimeout what follows a DO that is in doubt
 */
public record AttemptRules(
    Duration timeout, OnTimeout onTimeout, RetryPolicy retry, RetryPolicy undoRetry) {}

package io.doundo.orchestrator.definition;

/** What a plain worker's {@code FAIL_STEP} of a DO means. */
public enum FailStep {
  /** Failed for good: not retried. */
  FINAL,
  /** Failed this time: retried as the step's policy says. */
  RETRY
}

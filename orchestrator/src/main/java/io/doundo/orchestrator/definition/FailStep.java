package io.doundo.orchestrator.definition;

/** The meaning of a plain worker's {@code FAIL_STEP} of a DO. */
public enum FailStep {
  /** Failed for good: not retried. */
  FINAL,
  /** Failed this time: retried as the step's policy says. */
  RETRY
}

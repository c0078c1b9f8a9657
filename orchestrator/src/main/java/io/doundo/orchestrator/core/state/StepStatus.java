package io.doundo.orchestrator.core.state;

/** Where a step stands, in the operator's words. */
public enum StepStatus {
  /** Nothing was sent yet. */
  PENDING,
  /** An expression of it is being evaluated. Lasts between two decisions only; never stored. */
  COMPUTING,
  /** Its condition was not true: the flow has passed it, and it has done nothing. */
  NOT_TAKEN,
  /** Its DO is decided, and is sent once that decision is committed. */
  ARMED,
  /** A DO was sent; its answer is awaited, and nothing is known to be in doubt. */
  IN_PROGRESS,
  /** The DO succeeded. */
  DO_SUCCESS,
  /** The last DO attempt failed; another one follows. */
  DO_FAIL,
  /** The DO failed as often as its policy allows. */
  RETRY_EXHAUSTED,
  /** The DO failed and must not be retried. */
  FAILED,
  /** An attempt's outcome is unknown. A further attempt may be on its way. */
  IN_DOUBT,
  /** An UNDO was sent; its answer is awaited. */
  UNDOING,
  /** The UNDO succeeded. */
  UNDO_SUCCESS,
  /** The last UNDO attempt failed; another one follows, or an operator is awaited. */
  UNDO_FAIL,
  /** An operator passed over it. */
  SKIPPED,
  /** An operator settled it by hand. */
  RESOLVED,
  /** Its DO failed, and the flow has gone on without it, as its definition says. */
  GIVEN_UP,
  /** It waits for a time or for a signal. */
  WAITING
}

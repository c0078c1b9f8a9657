package io.doundo.orchestrator.core.state;

/** The status of a step, as operators see it. */
public enum StepStatus {
  /** Nothing was sent yet. */
  PENDING,
  /** One of its expressions is being evaluated. Lasts only between two decisions; never stored. */
  COMPUTING,
  /** Its condition was not true, or its wait was withdrawn; it has done nothing. */
  NOT_TAKEN,
  /** The decision to send its DO is made; the DO is sent once it is committed. */
  ARMED,
  /** A DO was sent and its answer is awaited; no attempt is known to be in doubt. */
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
  /** The last UNDO attempt failed; another one follows, or an operator is needed. */
  UNDO_FAIL,
  /** An operator skipped it. */
  SKIPPED,
  /** An operator settled it by hand. */
  RESOLVED,
  /** Its DO failed, and the flow has gone on without it, as its definition says. */
  GIVEN_UP,
  /** It waits for a time or for a signal. */
  WAITING,
  /** Its next DO or UNDO was not sent: a breaker holds it back. */
  HELD
}

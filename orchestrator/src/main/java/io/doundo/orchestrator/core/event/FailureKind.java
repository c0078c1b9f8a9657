package io.doundo.orchestrator.core.event;

/** The meaning of a failure for retrying and for the effect. */
public enum FailureKind {
  /** Failed; a plain worker states that nothing happened. Retried. */
  FAILED(true, false),
  /** {@code FAIL_STEP} of a plain worker: a DO failed for good, an UNDO only this time. */
  FINAL(false, false),
  /** {@code NO_EFFECT}: certainly nothing happened. Retried. */
  NO_EFFECT(true, false),
  /** {@code NO_EFFECT} with {@code FAIL_STEP}: certainly nothing happened. Not retried. */
  NO_EFFECT_FINAL(false, false),
  /** {@code UNKNOWN}: something may have happened. Retried, and undone in the end. */
  UNKNOWN(true, true),
  /** {@code UNKNOWN} with {@code FAIL_STEP}: something may have happened. Not retried. */
  UNKNOWN_FINAL(false, true),
  /**
   * {@code FENCED}: the worker's fence has seen an UNDO of the step and starts no DO any more. A
   * flow that still waits for the DO does not know that UNDO, whose transaction was aborted; it may
   * have failed, and an earlier delivery of the DO may have had its effect. Not retried, and
   * undone.
   */
  FENCED(false, true),
  /** It succeeded, but its result is too large to be kept. Not retried; undone. */
  RESULT_TOO_LARGE(false, true),
  /** It succeeded, but the kept part of its result cannot be computed. Not retried; undone. */
  RESULT_NOT_COMPUTED(false, true);

  private final boolean retryable;
  private final boolean doubtful;

  FailureKind(boolean retryable, boolean doubtful) {
    this.retryable = retryable;
    this.doubtful = doubtful;
  }

  public boolean retryable() {
    return retryable;
  }

  /** Whether the step may have had an effect nevertheless. */
  public boolean doubtful() {
    return doubtful;
  }

  /** Whether the work was done although it counts as failed. */
  public boolean isDone() {
    return this == RESULT_TOO_LARGE || this == RESULT_NOT_COMPUTED;
  }

  /** Whether the SDK vouches for it; such an answer never counts as a surplus effect. */
  public boolean vouched() {
    return this == NO_EFFECT || this == NO_EFFECT_FINAL || this == FENCED;
  }
}

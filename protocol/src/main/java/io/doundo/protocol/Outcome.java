package io.doundo.protocol;

/** The {@code saga-outcome} of an answer; most come only from workers with a fence. */
public enum Outcome {
  OK,
  /**
   * The result counts, but this attempt did nothing, because its work was already done. Also from
   * workers without a fence.
   */
  UNCHANGED,
  /**
   * The result counts, and this run did nothing, but an earlier run of the same attempt may have
   * had the effect: undone with the rest. Also from workers without a fence.
   */
  UNCHANGED_IN_DOUBT,
  /** Failed, and certainly nothing happened: the step leaves the undo set. */
  NO_EFFECT,
  /** Failed, and something may have happened: retried, later undone. */
  UNKNOWN,
  /** An effect landed after this worker lost its lease: undone again. */
  LATE_EFFECT,
  UNDONE,
  /** There was nothing to undo. */
  UNDONE_EMPTY,
  /** This command had no effect, because another owns the step. */
  FENCED;

  /** Whether it is the success of a run that did nothing. */
  public boolean isUnchanged() {
    return this == UNCHANGED || this == UNCHANGED_IN_DOUBT;
  }
}

package io.doundo.protocol;

/** The {@code saga-outcome} of an answer that comes from behind a fence. */
public enum Outcome {
  OK,
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
  FENCED
}

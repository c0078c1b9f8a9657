package io.doundo.orchestrator.core;

/** What an UNDO command says of the DO it undoes ({@code saga-effect}). */
public enum KnownEffect {
  /** The DO succeeded. */
  DONE,
  /** The DO's outcome is unknown. */
  UNKNOWN,
  /** The DO failed, and the step asks to be undone all the same. */
  FAILED
}

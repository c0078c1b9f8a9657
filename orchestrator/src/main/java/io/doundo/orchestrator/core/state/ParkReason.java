package io.doundo.orchestrator.core.state;

/** Why a flow waits for an operator. */
public enum ParkReason {
  /** An UNDO has used up its attempts. */
  UNDO_FAILED,
  /** The point of no return may or may not have been passed. */
  PIVOT_IN_DOUBT,
  /** A step after the pivot has used up its attempts; there is no way back. */
  FORWARD_EXHAUSTED,
  /** A step with {@code onTimeout: escalate} timed out. */
  ESCALATED,
  /** The orchestrator itself fails on this flow; it stands as it was, and nothing is sent. */
  ENGINE_FAULT
}

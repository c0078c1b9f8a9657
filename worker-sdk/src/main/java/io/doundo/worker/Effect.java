package io.doundo.worker;

/** What is known of the DO that an UNDO takes back. */
public enum Effect {
  /** It succeeded. */
  DONE,
  /** It may have had its effect, or a part of it, or none. */
  UNKNOWN,
  /** It failed without an effect, and the step is registered with {@code undoFailed: true}. */
  FAILED
}

package io.doundo.protocol;

/** What an UNDO command says of the DO it takes back ({@code saga-effect}). */
public enum KnownEffect {
  /** It succeeded. */
  DONE,
  /** It may have had its effect, or a part of it, or none. */
  UNKNOWN,
  /** It failed without an effect, and the step is registered with {@code undoFailed: true}. */
  FAILED
}

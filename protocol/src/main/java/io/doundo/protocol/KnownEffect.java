package io.doundo.protocol;

/** The known effect of the DO that an UNDO command reverts ({@code saga-effect}). */
public enum KnownEffect {
  /** It succeeded. */
  DONE,
  /** It may have had its effect, or a part of it, or none. */
  UNKNOWN,
  /** It failed without an effect, and the step is registered with {@code undoFailed: true}. */
  FAILED
}

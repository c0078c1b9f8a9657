package io.doundo.orchestrator.definition;

/** The policy when an attempt's deadline passes without an answer. */
public enum OnTimeout {
  /** Send the next attempt while the retry policy allows one; afterwards undo. The default. */
  RETRY,
  /** Undo at once. */
  UNDO,
  /** Park the flow for an operator. */
  ESCALATE,
  /** Go on without it. Only for a step that waits for a signal. */
  CONTINUE
}

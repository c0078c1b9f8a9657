package io.doundo.protocol;

/** The action that an answer refers to. */
public enum AnswerAction {
  DO,
  UNDO,
  /** The step failed for good: it is not retried. */
  FAIL_STEP
}

package io.doundo.protocol;

/** What an answer is about. */
public enum AnswerAction {
  DO,
  UNDO,
  /** The step failed for good: it is not retried. */
  FAIL_STEP
}

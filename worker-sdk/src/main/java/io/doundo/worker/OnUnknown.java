package io.doundo.worker;

/** What to do with an UNDO whose method takes the bare result when there is none. */
public enum OnUnknown {
  /** Nothing was said; refused at start for a method that takes the bare result. */
  UNDECIDED,
  /** The method is called with null for the result, and finds out itself what there is to undo. */
  PASS_NULL,
  /** The method is not called; the UNDO fails, is retried, and waits for an operator in the end. */
  FAIL
}

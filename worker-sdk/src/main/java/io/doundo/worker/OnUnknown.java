package io.doundo.worker;

/** What becomes of an UNDO whose method takes the bare result when there is no result. */
public enum OnUnknown {
  /** Nothing was said; refused at start for a method that takes the bare result. */
  UNDECIDED,
  /** The method is called with null for the result, and finds out itself what there is to undo. */
  PASS_NULL,
  /** The method is not called; the UNDO fails, is retried, and waits for an operator in the end. */
  FAIL
}

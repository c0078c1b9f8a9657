package io.doundo.worker.fence;

/** What became of a lease. */
public enum RenewResult {
  /** Renewed. */
  HELD,
  /** Renewed, but an UNDO waits for this DO to end: interrupt the handler. */
  UNDO_WAITS,
  /** Not renewed, because the step's timeout has passed: the lease ends as it stands. */
  LIMIT_REACHED,
  /** The step is another's, or its record is gone: interrupt the handler. */
  LOST
}

package io.doundo.worker.fence;

/** The outcome of a renewal. */
public enum RenewResult {
  /** Renewed. */
  HELD,
  /** Renewed, but an UNDO waits for this DO to end: interrupt the handler. */
  UNDO_WAITS,
  /** Not renewed, because the step's timeout has passed: the lease ends as it stands. */
  LIMIT_REACHED,
  /**
   * Not renewed, because the record is gone with what else Redis held. A handler that runs may go
   * on, and is written down again when it ends; none may begin.
   */
  FORGOTTEN,
  /** The step is another's: interrupt the handler. */
  LOST
}

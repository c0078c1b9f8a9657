package io.doundo.orchestrator.core.event;

import io.doundo.orchestrator.core.state.FlowStatus;

/** The meaning of a start event for a flowId that was used before. */
public enum StartRule {
  /** A new flow begins. */
  BEGIN,
  /** The same start again, redelivered or replayed: nothing happens. */
  IGNORE,
  /** Another start under a flowId in use: refused. */
  CONFLICT;

  /**
   * Only a rejected flow, which never ran, gives its flowId free.
   *
   * @param status where the earlier flow stands or ended
   */
  public static StartRule of(FlowStatus status, String earlierDigest, String digest) {
    if (status == FlowStatus.REJECTED) {
      return BEGIN;
    }
    return earlierDigest.equals(digest) ? IGNORE : CONFLICT;
  }
}

package io.doundo.orchestrator.core.state;

/**
 * When a flow last changed and when it is due next, in ms since the epoch; 0 means never.
 *
 * @param updatedAt when the last transition was made
 * @param endedAt when the flow ended
 * @param deadlineAt when the flow is cancelled, or stops waiting for its definition
 * @param wakeAt when the flow's one timer is set for; never later than the earliest thing that is
 *     due
 */
public record FlowTimes(long updatedAt, long endedAt, long deadlineAt, long wakeAt) {

  /** Of a flow that starts now. */
  public static FlowTimes startedAt(long at) {
    return new FlowTimes(at, 0, 0, 0);
  }
}

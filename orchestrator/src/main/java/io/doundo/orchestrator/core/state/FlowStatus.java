package io.doundo.orchestrator.core.state;

import java.util.EnumSet;
import java.util.Set;

/** Where a flow stands, in the operator's words. */
public enum FlowStatus {
  /** Its start came before its definition; waits a bounded time. */
  WAITING,
  /** Runs forward. */
  IN_PROGRESS,
  /** Every step has succeeded, was skipped or resolved. */
  COMPLETED,
  /** Runs backward; nothing leads from here to forward again. */
  UNDOING,
  /** Every step that may have had an effect was undone; what has no UNDO is left standing. */
  UNDONE,
  /** Waits for an operator; {@link ParkReason} says why. */
  PARKED,
  /** Given up by an operator, without undo. */
  ABANDONED,
  /** Never started: no definition came, or it was cancelled while waiting for one. */
  REJECTED;

  /**
   * Where one decision can lead from here. Anything else is a defect of the core, and fails fast;
   * the diagram in the documents is drawn from this table.
   */
  public Set<FlowStatus> successors() {
    return switch (this) {
      case WAITING -> EnumSet.of(IN_PROGRESS, COMPLETED, UNDONE, REJECTED, ABANDONED);
      case IN_PROGRESS -> EnumSet.of(COMPLETED, UNDOING, UNDONE, PARKED, ABANDONED);
      case COMPLETED -> EnumSet.of(UNDOING, UNDONE);
      case UNDOING -> EnumSet.of(UNDONE, PARKED, ABANDONED);
      case UNDONE -> EnumSet.of(UNDOING);
      case PARKED -> EnumSet.of(IN_PROGRESS, COMPLETED, UNDOING, UNDONE, ABANDONED);
      case REJECTED -> EnumSet.of(UNDOING, UNDONE);
      case ABANDONED -> EnumSet.noneOf(FlowStatus.class);
    };
  }

  /** Whether the flow has ended. An ended flow is archived; only a recorded repair changes it. */
  public boolean isTerminal() {
    return switch (this) {
      case COMPLETED, UNDONE, ABANDONED, REJECTED -> true;
      case WAITING, IN_PROGRESS, UNDOING, PARKED -> false;
    };
  }
}

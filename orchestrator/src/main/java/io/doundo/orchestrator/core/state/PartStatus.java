package io.doundo.orchestrator.core.state;

/** What a part says of itself to its parent. */
public enum PartStatus {
  RUNNING,
  PARKED,
  COMPLETED,
  /** Without effect. */
  UNDONE,
  /** It has not begun, and so is without effect. */
  REJECTED,
  ABANDONED,
  /** There is no such flow. */
  LOST;

  /** What a flow of this status says. */
  public static PartStatus of(FlowStatus status) {
    return switch (status) {
      case WAITING, IN_PROGRESS, UNDOING -> RUNNING;
      case PARKED -> PARKED;
      case COMPLETED -> COMPLETED;
      case UNDONE -> UNDONE;
      case REJECTED -> REJECTED;
      case ABANDONED -> ABANDONED;
    };
  }

  /** Whether the part has ended without an effect. */
  public boolean isClean() {
    return this == UNDONE || this == REJECTED;
  }
}

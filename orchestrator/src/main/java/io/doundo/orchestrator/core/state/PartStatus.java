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
  LOST,
  /** It has not ended, and an operator has paused it by itself: it waits until it is resumed. */
  PAUSED;

  /**
   * What a flow of this status says.
   *
   * @param paused whether an operator has paused the flow itself
   */
  public static PartStatus of(FlowStatus status, boolean paused) {
    return switch (status) {
      case WAITING, IN_PROGRESS, UNDOING -> paused ? PAUSED : RUNNING;
      case PARKED -> PARKED;
      case COMPLETED -> COMPLETED;
      case UNDONE -> UNDONE;
      case REJECTED -> REJECTED;
      case ABANDONED -> ABANDONED;
    };
  }

  /** Whether the part has not ended. */
  public boolean isAwake() {
    return this == RUNNING || this == PARKED || this == PAUSED;
  }

  /** Whether the part has ended without an effect. */
  public boolean isClean() {
    return this == UNDONE || this == REJECTED;
  }
}

package io.doundo.orchestrator.core.state.parts;

/** How a part that a step has begun stands, as the step knows it. */
public enum PartPlace {
  /** It has not said that it has ended. */
  RUNNING,
  /** It has completed. */
  DONE,
  /** It has ended without effect on its own: undone, or rejected. */
  FAILED,
  /** It was asked to go back and has not answered that it has. */
  ASKED,
  /** It was asked to go back and has. */
  UNDONE,
  /** An operator abandoned it; it is never asked again. */
  ABANDONED,
  /** There is no such flow. */
  LOST,
  /** It has completed and nothing is owed of it: a round of a loop that owes no undo. */
  RELEASED;

  /** Whether the step still has to hear of it, or to take it back, before it can fail clean. */
  public boolean isOwed() {
    return switch (this) {
      case RUNNING, DONE, ASKED, LOST -> true;
      case FAILED, UNDONE, ABANDONED, RELEASED -> false;
    };
  }
}

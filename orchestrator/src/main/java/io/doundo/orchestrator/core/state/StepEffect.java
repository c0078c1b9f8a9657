package io.doundo.orchestrator.core.state;

/** The known effect of a step in the outside world, weakest first. */
public enum StepEffect {
  /** No effect: no command was sent, no attempt changed anything, or the effect is undone. */
  NONE,
  /** Commands were sent, and every answered one failed without effect. */
  CLEAN,
  /** There may be an effect. Only an UNDO or an operator can settle this. */
  IN_DOUBT,
  /** There is an effect. */
  DONE;

  /** The stronger of the two. */
  public StepEffect or(StepEffect other) {
    return compareTo(other) >= 0 ? this : other;
  }

  /** Whether there is something to undo. */
  public boolean mayExist() {
    return this == IN_DOUBT || this == DONE;
  }
}

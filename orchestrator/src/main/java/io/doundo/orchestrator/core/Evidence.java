package io.doundo.orchestrator.core;

/** What is known of a step's effect in the world, weakest first. */
public enum Evidence {
  /** Nothing was sent, or what was done is undone. */
  NONE,
  /** Commands were sent, and every answered one failed without effect. */
  CLEAN,
  /** There may be an effect. Only an UNDO or an operator takes this back. */
  DOUBT,
  /** There is an effect. */
  DONE;

  /** The stronger of the two. */
  Evidence or(Evidence other) {
    return compareTo(other) >= 0 ? this : other;
  }

  /** Whether an UNDO has something to undo. */
  boolean mayHaveEffect() {
    return this == DOUBT || this == DONE;
  }
}

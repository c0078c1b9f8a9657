package io.doundo.orchestrator.definition;

/** How far the work of a step reaches: who carries it out, and so how it can fail. */
public enum Reach {
  /**
   * A worker outside the orchestrator: commands and answers travel, and outcomes can be unknown.
   */
  OUTSIDE,
  /** The orchestrator itself, between two decisions: nothing is sent, and nothing is in doubt. */
  INSIDE,
  /** Flows of their own, the parts of the step: they can always be asked how they stand. */
  CHILD
}

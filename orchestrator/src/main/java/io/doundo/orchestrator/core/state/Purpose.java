package io.doundo.orchestrator.core.state;

/** For what an expression of a step is evaluated. */
public enum Purpose {
  /** Whether the step is taken. */
  WHEN,
  /** What a step that is carried out inside the orchestrator does. */
  WORK
}

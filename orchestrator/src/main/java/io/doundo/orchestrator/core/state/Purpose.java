package io.doundo.orchestrator.core.state;

/** For what an expression is evaluated. */
public enum Purpose {
  /** Whether the flow's payload is one that its orchestration takes. */
  PAYLOAD,
  /** Whether the step is taken. */
  WHEN,
  /** What the step is sent. */
  INPUT,
  /** What a step that is carried out inside the orchestrator does. */
  WORK,
  /** What the step's UNDO carries. */
  UNDO,
  /** How long, or until when, the step waits. */
  UNTIL,
  /** Whether the step takes the first signal that is kept for it, and what is kept of it. */
  SIGNAL,
  /** What the step asks of a person, and of whom. */
  TASK
}

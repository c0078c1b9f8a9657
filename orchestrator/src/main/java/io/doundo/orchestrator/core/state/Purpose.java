package io.doundo.orchestrator.core.state;

/** The purpose of an expression. */
public enum Purpose {
  /** Whether the orchestration accepts the flow's payload. */
  PAYLOAD,
  /** Whether the step is taken. */
  WHEN,
  /** The input of the step's DO. */
  INPUT,
  /** The HTTP request that the step's next DO makes; computed for each attempt, and not kept. */
  REQUEST,
  /** The work of a step that the orchestrator evaluates itself. */
  WORK,
  /** The input of the step's UNDO. */
  UNDO,
  /** How long, or until when, the step waits. */
  UNTIL,
  /** Whether the step accepts the first signal kept for it, and the kept part of its payload. */
  SIGNAL,
  /** The title of the step's task, and who may complete it. */
  TASK,
  /** The parts of the step, and what each of them is started with. */
  PARTS,
  /** The state of a loop after a round, and whether that was the last one. */
  NEXT,
  /** The result of a step with parts, put together from theirs. */
  GATHER,
  /** The result of a flow that is a part. */
  RESULT
}

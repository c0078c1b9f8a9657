package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;

/** Evaluates the expressions of a flow's definition over what the flow has. Deterministic. */
interface Evaluator {

  /** What came of it; a failure is a value as well. */
  Evaluated evaluate(FlowUpdate update, Evaluate effect, long at);
}

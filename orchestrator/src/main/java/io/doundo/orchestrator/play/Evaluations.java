package io.doundo.orchestrator.play;

import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.definition.Orchestration;

/** Evaluates the expressions that the core asks for. */
@FunctionalInterface
public interface Evaluations {

  /**
   * Returns the same value as the engine gets for this flow.
   *
   * @throws UnknownValueException when it depends on a value that is not known yet
   */
  Evaluation of(Orchestration definition, FlowState state, Evaluate asked);
}

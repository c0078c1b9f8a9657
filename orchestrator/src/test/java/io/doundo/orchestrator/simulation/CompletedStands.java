package io.doundo.orchestrator.simulation;

import io.doundo.orchestrator.core.FlowStatus;
import io.doundo.orchestrator.definition.Orchestration;

/**
 * I2: when a flow is {@code COMPLETED}, each step that no operator settled by hand has its effect.
 * That it is one only is the fence's and an idempotent handler's business, which the ledger counts
 * as one: it names effects by flow and step.
 */
final class CompletedStands implements Invariant {

  private final Orchestration definition;

  CompletedStands(Orchestration definition) {
    this.definition = definition;
  }

  @Override
  public void ended(Ending ending) {
    if (ending.state() == null || ending.state().status() != FlowStatus.COMPLETED) {
      return;
    }
    for (int i = 0; i < definition.steps().size(); i++) {
      if (!ending.settledByHand().get(i) && !ending.workers().get(i).ledger().stands()) {
        throw new Violation(
            "I2", "COMPLETED, but step " + definition.steps().get(i).name() + " has no effect");
      }
    }
  }
}

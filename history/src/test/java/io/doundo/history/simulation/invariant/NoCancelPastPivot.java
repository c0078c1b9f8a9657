package io.doundo.history.simulation.invariant;

import io.doundo.history.simulation.RecordedDecision;
import io.doundo.history.simulation.Violation;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;

/** Once a pivot is passed, no cancel waits: there is no way back. */
public final class NoCancelPastPivot implements Invariant {

  @Override
  public void decided(RecordedDecision taken) {
    FlowState next = taken.next();
    Orchestration definition = taken.definition();
    if (next.cancelReason() != null
        && definition != null
        && passedPivot(definition, next) >= 0
        && !next.status().isTerminal()) {
      throw new Violation(
          "cancel", "a cancel waits though the pivot is passed: " + DecisionText.standing(next));
    }
  }

  /** The passed pivot, or -1. */
  public static int passedPivot(Orchestration definition, FlowState state) {
    for (int i = 0; i < state.steps().size(); i++) {
      StepState step = state.steps().get(i);
      boolean passed =
          step.status() == StepStatus.DO_SUCCESS || step.status() == StepStatus.RESOLVED;
      if (passed && definition.steps().get(i).pivot()) {
        return i;
      }
    }
    return -1;
  }
}

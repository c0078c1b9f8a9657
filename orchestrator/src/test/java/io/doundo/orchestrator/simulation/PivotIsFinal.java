package io.doundo.orchestrator.simulation;

import io.doundo.orchestrator.core.Action;
import io.doundo.orchestrator.core.Effect.DispatchStep;
import io.doundo.orchestrator.core.Evidence;
import io.doundo.orchestrator.core.FlowState;
import io.doundo.orchestrator.core.FlowStatus;
import io.doundo.orchestrator.core.StepState;
import io.doundo.orchestrator.core.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import org.jspecify.annotations.Nullable;

/**
 * I7: once a pivot has succeeded on the way forward, no UNDO is sent; nor while one is in flight or
 * its outcome unknown. And of a pivot's DO that a worker saw the flow always knows in the end: the
 * command is committed, or its success was taken; unless the flow was abandoned.
 */
final class PivotIsFinal implements Invariant {

  private final Orchestration definition;
  private final int[] seen;
  private int passed = -1;

  PivotIsFinal(Orchestration definition) {
    this.definition = definition;
    seen = new int[definition.steps().size()];
  }

  @Override
  public void committed(Taken taken) {
    FlowState next = taken.next();
    boolean forward =
        next.status() == FlowStatus.IN_PROGRESS || next.status() == FlowStatus.COMPLETED;
    for (int i = 0; i < definition.steps().size() && !next.steps().isEmpty(); i++) {
      if (definition.steps().get(i).pivot()) {
        StepState step = next.steps().get(i);
        if (forward && step.status() == StepStatus.DO_SUCCESS) {
          passed = i;
        }
      }
    }
    if (taken.dispatches().stream().anyMatch(command -> command.action() == Action.UNDO)) {
      checkUndo(taken);
    }
  }

  private void checkUndo(Taken taken) {
    if (passed >= 0) {
      throw new Violation("I7", "an UNDO is sent after the pivot " + name(passed) + " succeeded");
    }
    for (int i = 0; i < definition.steps().size(); i++) {
      StepState step = taken.next().steps().get(i);
      boolean doInFlight = step.openAttempt() > 0 && step.status() != StepStatus.UNDOING;
      if (definition.steps().get(i).pivot() && doInFlight) {
        throw new Violation("I7", "an UNDO is sent while the pivot " + name(i) + " is in flight");
      }
    }
  }

  @Override
  public void visible(DispatchStep command, @Nullable FlowState committed) {
    if (command.action() == Action.DO && definition.steps().get(command.step()).pivot()) {
      seen[command.step()] = Math.max(seen[command.step()], command.attempt());
    }
  }

  @Override
  public void ended(Ending ending) {
    FlowState state = ending.state();
    if (state == null || state.status() == FlowStatus.ABANDONED || state.steps().isEmpty()) {
      return;
    }
    for (int i = 0; i < seen.length; i++) {
      StepState step = state.steps().get(i);
      boolean knowsNothing = step.evidence() == Evidence.NONE || step.evidence() == Evidence.CLEAN;
      if (seen[i] > step.doSent() && knowsNothing) {
        throw new Violation(
            "I7", "the pivot " + name(i) + " was seen by its worker, and the flow knows nothing");
      }
    }
  }

  private String name(int step) {
    return definition.steps().get(step).name();
  }
}

package io.doundo.history.simulation.invariant;

import io.doundo.history.simulation.Violation;
import io.doundo.history.simulation.worker.RunEnd;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.CommandAction;
import org.jspecify.annotations.Nullable;

/**
 * If a worker saw a pivot's DO, the flow knows of it in the end: the command was committed, or its
 * success was accepted; unless the flow was abandoned.
 */
public final class SeenPivotIsKnown implements Invariant {

  private final Orchestration definition;
  private final int[] seen;

  public SeenPivotIsKnown(Orchestration definition) {
    this.definition = definition;
    seen = new int[definition.steps().size()];
  }

  @Override
  public void visible(DispatchStep command, FlowState sent, @Nullable FlowState committed) {
    if (command.action() == CommandAction.DO && definition.steps().get(command.step()).pivot()) {
      seen[command.step()] = Math.max(seen[command.step()], command.attempt());
    }
  }

  @Override
  public void ended(RunEnd ending) {
    FlowState state = ending.state();
    if (state == null || state.status() == FlowStatus.ABANDONED || state.steps().isEmpty()) {
      return;
    }
    for (int i = 0; i < seen.length; i++) {
      StepState step = state.steps().get(i);
      boolean knowsNothing = step.effect() == StepEffect.NONE || step.effect() == StepEffect.CLEAN;
      if (seen[i] > step.outside().doing().sent() && knowsNothing) {
        throw new Violation(
            "pivot",
            definition.steps().get(i).name() + " was seen by its worker, unknown to the flow");
      }
    }
  }
}

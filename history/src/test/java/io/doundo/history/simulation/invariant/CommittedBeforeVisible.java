package io.doundo.history.simulation.invariant;

import io.doundo.history.simulation.Violation;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.protocol.CommandAction;
import org.jspecify.annotations.Nullable;

/**
 * Row 31: irreversible turns are committed before they are visible. No worker sees an UNDO of a
 * flow that has not turned by a committed decision, nor the first DO of a pivot or a {@code
 * dispatch: committed} step that was not armed by one.
 */
public final class CommittedBeforeVisible implements Invariant {

  private final Orchestration definition;

  public CommittedBeforeVisible(Orchestration definition) {
    this.definition = definition;
  }

  @Override
  public void visible(DispatchStep command, FlowState sent, @Nullable FlowState committed) {
    Step step = definition.steps().get(command.step());
    if (command.action() == CommandAction.UNDO) {
      if (committed == null || !hasTurned(committed)) {
        throw new Violation(
            "row 31", "UNDO of " + step.name() + " is seen before the turn is committed");
      }
    } else if (step.pivot() || step.isCommitted()) {
      boolean armed =
          committed != null
              && !committed.steps().isEmpty()
              && committed.turns().sent() > 0
              && committed.steps().get(command.step()).outside().doing().sent()
                  >= command.attempt() - 1;
      if (!armed) {
        throw new Violation("row 31", "DO of " + step.name() + " is seen before it is armed");
      }
    }
  }

  private static boolean hasTurned(FlowState state) {
    return state.status() == FlowStatus.UNDOING
        || state.status() == FlowStatus.UNDONE
        || state.status() == FlowStatus.ABANDONED
        || (state.status() == FlowStatus.PARKED && state.parkReason() == ParkReason.UNDO_FAILED);
  }
}

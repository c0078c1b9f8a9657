package io.doundo.history.simulation.invariant;

import io.doundo.history.simulation.RecordedDecision;
import io.doundo.history.simulation.Violation;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;

/**
 * A flow ends, or is parked and says why; one that runs always has something that will wake it: an
 * answer, a timer, a turn, or the end of a pause.
 */
public final class EndsOrWaits implements Invariant {

  @Override
  public void decided(RecordedDecision taken) {
    FlowState next = taken.next();
    if ((next.status() == FlowStatus.PARKED) != (next.parkReason() != null)) {
      throw new Violation("wakes", next.status() + " because of " + next.parkReason());
    }
    if (next.status().isTerminal() != (next.times().endedAt() > 0)) {
      throw new Violation("wakes", next.status() + ", ended at " + next.times().endedAt());
    }
    boolean running =
        next.status() == FlowStatus.IN_PROGRESS || next.status() == FlowStatus.UNDOING;
    if (running && !next.paused() && !willWake(next)) {
      throw new Violation("wakes", "runs, but nothing will wake it: " + Tales.standing(next));
    }
    if (next.status() == FlowStatus.PARKED && inFlight(next)) {
      throw new Violation("wakes", "parked with a command in flight: " + Tales.standing(next));
    }
  }

  private static boolean willWake(FlowState state) {
    boolean turnComes = state.turns().undo() > 0 && !state.turns().undoCommitted();
    return turnComes
        || state.steps().stream()
            .anyMatch(
                step ->
                    step.status() == StepStatus.COMPUTING
                        || (step.dueAt() > 0 && state.times().wakeAt() > 0)
                        || step.outside().armedTurn() > 0);
  }

  private static boolean inFlight(FlowState state) {
    return state.steps().stream()
        .mapToInt(step -> step.outside().openAttempt())
        .anyMatch(open -> open > 0);
  }
}

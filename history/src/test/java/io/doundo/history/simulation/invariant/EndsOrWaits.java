package io.doundo.history.simulation.invariant;

import io.doundo.history.simulation.RecordedDecision;
import io.doundo.history.simulation.Violation;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Work;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A flow ends, or is parked with a reason. A running flow always has something that will wake it:
 * an answer, a timer, a turn, or the end of a pause.
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
      throw new Violation(
          "wakes", "runs, but nothing will wake it: " + DecisionText.standing(next));
    }
    String overlooked = overlookedSignal(taken.definition(), next);
    if (overlooked != null) {
      throw new Violation("wakes", "waits beside a kept signal: " + overlooked);
    }
    if (next.status() == FlowStatus.PARKED && inFlight(next)) {
      throw new Violation(
          "wakes", "parked with a command in flight: " + DecisionText.standing(next));
    }
  }

  private static boolean willWake(FlowState state) {
    boolean turnComes = state.turns().undo() > 0 && !state.turns().undoCommitted();
    return turnComes
        || state.steps().stream()
            .anyMatch(
                step ->
                    step.status() == StepStatus.COMPUTING
                        || (step.status() == StepStatus.WAITING && step.dueAt() == 0)
                        || (step.dueAt() > 0 && state.times().wakeAt() > 0)
                        || step.outside().armedTurn() > 0);
  }

  /** A kept signal that a step waits for but does not consider, or null. */
  private static @Nullable String overlookedSignal(
      @Nullable Orchestration definition, FlowState state) {
    if (definition == null || state.steps().isEmpty()) {
      return null;
    }
    Set<String> considered = new HashSet<>(2);
    for (int i = 0; i < state.steps().size(); i++) {
      if (definition.steps().get(i).work() instanceof Work.Signal wait) {
        if (state.steps().get(i).status() == StepStatus.COMPUTING) {
          considered.add(wait.signal());
        }
      }
    }
    for (int i = 0; i < state.steps().size(); i++) {
      if (state.steps().get(i).status() == StepStatus.WAITING
          && definition.steps().get(i).work() instanceof Work.Signal wait
          && !considered.contains(wait.signal())
          && state.signals().offeredTo(i, wait.signal()) != null) {
        return wait.signal();
      }
    }
    return null;
  }

  private static boolean inFlight(FlowState state) {
    return state.steps().stream()
        .mapToInt(step -> step.outside().openAttempt())
        .anyMatch(open -> open > 0);
  }
}

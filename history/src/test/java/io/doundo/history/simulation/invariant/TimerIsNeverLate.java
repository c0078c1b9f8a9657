package io.doundo.history.simulation.invariant;

import io.doundo.history.simulation.RecordedDecision;
import io.doundo.history.simulation.Violation;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.ScheduleTimer;
import io.doundo.orchestrator.core.event.FlowEvent.TimeReached;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;

/**
 * The flow's only timer is set whenever something is due, never later than that, and never for a
 * time in the past. An ended flow has no timer. A decision that asks for the value of an expression
 * may leave the timer to the next one, which is stored with it.
 */
public final class TimerIsNeverLate implements Invariant {

  @Override
  public void decided(RecordedDecision taken) {
    FlowState next = taken.next();
    long at = taken.event().at();
    long due = isEvaluating(taken) ? 0 : due(next, at);
    if (due > 0 && (next.times().wakeAt() == 0 || next.times().wakeAt() > Math.max(due, at))) {
      throw new Violation("timer", "due at " + due + ", but set for " + next.times().wakeAt());
    }
    if (next.status().isTerminal() && next.times().wakeAt() > 0 && taken.moved()) {
      throw new Violation("timer", "set after the end");
    }
    for (Effect effect : taken.decision().effects()) {
      if (effect instanceof ScheduleTimer timer && timer.at() <= at) {
        throw new Violation(
            "timer", "set for a moment that is past: " + DecisionText.standing(next));
      }
    }
    if (taken.event() instanceof TimeReached
        && next.times().wakeAt() > 0
        && next.times().wakeAt() <= at) {
      throw new Violation("timer", "fired, and set for the same moment again");
    }
  }

  private static boolean isEvaluating(RecordedDecision taken) {
    return taken.decision().effects().stream().anyMatch(Effect.Evaluate.class::isInstance)
        || taken.next().steps().stream().anyMatch(step -> step.status() == StepStatus.COMPUTING);
  }

  private static long due(FlowState state, long at) {
    if (state.status().isTerminal()) {
      return 0;
    }
    if (state.status() == FlowStatus.WAITING) {
      return state.times().deadlineAt();
    }
    long due =
        state.status() == FlowStatus.IN_PROGRESS && state.times().deadlineAt() > 0
            ? state.times().deadlineAt()
            : Long.MAX_VALUE;
    for (StepState step : state.steps()) {
      boolean waitsForAnotherThing = step.outside().openAttempt() == 0 && step.dueAt() <= at;
      if (step.dueAt() > 0 && !waitsForAnotherThing) {
        due = Math.min(due, step.dueAt());
      }
    }
    return due == Long.MAX_VALUE ? 0 : due;
  }
}

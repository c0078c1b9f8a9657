package io.doundo.history.simulation.invariant;

import io.doundo.history.simulation.RecordedDecision;
import io.doundo.history.simulation.Timeline;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.StepState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Describes decisions for people. */
public final class DecisionText {

  private DecisionText() {}

  /** The effects of a decision, one a line, and the state of the flow after it. */
  public static String consequences(RecordedDecision taken) {
    StringBuilder text = new StringBuilder();
    for (Effect effect : taken.decision().effects()) {
      text.append("\n                        → ").append(word(effect));
    }
    if (taken.moved()) {
      text.append("\n                        = ").append(standing(taken.next()));
    }
    return text.toString();
  }

  private static String word(Effect effect) {
    if (effect instanceof DispatchStep command) {
      return String.format(
          "%s %s, attempt %d, generation %d, effect %s, due %d, id %s",
          command.action(),
          command.stepName(),
          command.attempt(),
          command.generation(),
          command.effect(),
          command.deadline() - Timeline.BEGIN,
          command.commandId().substring(0, 6));
    }
    if (effect instanceof PublishFlowEvent entry) {
      return entry.type()
          + (entry.step() == null ? "" : " " + entry.step())
          + (entry.reason() == null ? "" : ": " + entry.reason());
    }
    return effect.toString();
  }

  /** The flow in one line. */
  public static String standing(@Nullable FlowState state) {
    if (state == null) {
      return "no flow";
    }
    StringBuilder text = new StringBuilder(state.status().toString());
    if (state.parkReason() != null) {
      text.append(' ').append(state.parkReason());
    }
    text.append(state.paused() ? " paused" : "");
    text.append(state.cancelReason() == null ? "" : " (cancel deferred)");
    text.append(
        state.turns().undo() > 0 && !state.turns().undoCommitted() ? " (turn uncommitted)" : "");
    List<StepState> steps = state.steps();
    for (StepState step : steps) {
      text.append(" | ").append(step.status()).append('/').append(step.effect());
      if (step.outside().openAttempt() > 0) {
        text.append(" open ").append(step.outside().openAttempt());
      }
      if (step.dueAt() > 0) {
        text.append(" due ").append(step.dueAt() - Timeline.BEGIN);
      }
    }
    return text.toString();
  }
}

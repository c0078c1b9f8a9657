package io.doundo.orchestrator.play;

import io.doundo.orchestrator.core.FlowDecider;
import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.Effect.SendTurn;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;
import io.doundo.orchestrator.core.event.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.TurnState;
import io.doundo.orchestrator.definition.Orchestration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a flow that processes events as the engine does: expressions are evaluated between two
 * decisions, and turns are committed when {@link #commitTurns} is called. Collects the audit
 * entries and commands. Not thread-safe.
 */
final class FlowCopy {

  private static final FlowDecider DECIDER = new FlowDecider();

  private final @Nullable Orchestration definition;
  private final Evaluations evaluations;
  private final List<PublishFlowEvent> events = new ArrayList<>();
  private final List<DispatchStep> commands = new ArrayList<>();
  private final Deque<Integer> turns = new ArrayDeque<>();
  private FlowState state;

  /**
   * @param definition null for a flow that waits for it
   */
  FlowCopy(@Nullable Orchestration definition, FlowState state, Evaluations evaluations) {
    this.definition = definition;
    this.state = state;
    this.evaluations = evaluations;
  }

  FlowState state() {
    return state;
  }

  /** The entries of the audit log so far. */
  List<PublishFlowEvent> events() {
    return events;
  }

  /** The commands sent so far. */
  List<DispatchStep> commands() {
    return commands;
  }

  /** Applies an event to the flow, and the values of the expressions that it asks for. */
  void give(FlowEvent event) {
    Deque<FlowEvent> next = new ArrayDeque<>(List.of(event));
    while (!next.isEmpty()) {
      Decision decision = DECIDER.decide(definition, state, next.remove());
      state = Objects.requireNonNull(decision.next(), "a flow does not vanish");
      for (Effect effect : decision.effects()) {
        if (effect instanceof PublishFlowEvent entry) {
          events.add(entry);
        } else if (effect instanceof DispatchStep command) {
          commands.add(command);
        } else if (effect instanceof SendTurn turn) {
          turns.add(turn.turn());
        } else if (effect instanceof Evaluate asked) {
          next.add(evaluated(asked, event.at()));
        }
      }
    }
  }

  private Evaluated evaluated(Evaluate asked, long at) {
    return new Evaluated(
        at,
        asked.stepName(),
        asked.purpose(),
        evaluations.of(
            Objects.requireNonNull(definition, "only a defined flow has expressions"),
            state,
            asked));
  }

  /** Reads back the turns sent by this copy, and those that result from them. */
  void commitTurns(long at) {
    while (!turns.isEmpty()) {
      give(new TurnCommitted(at, turns.remove()));
    }
  }

  /** Also reads back the turns that were sent before the copy was made. */
  void commitEarlierTurns(long at) {
    TurnState known = state.turns();
    if (known.undo() > 0 && !known.undoCommitted() && !turns.contains(known.undo())) {
      turns.add(known.undo());
    }
    for (StepState step : state.steps()) {
      int armed = step.outside().armedTurn();
      if (armed > 0 && !turns.contains(armed)) {
        turns.add(armed);
      }
    }
    commitTurns(at);
  }
}

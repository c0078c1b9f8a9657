package io.doundo.orchestrator.play;

import io.doundo.orchestrator.core.FlowDecider;
import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.Effect.SendTurn;
import io.doundo.orchestrator.core.effect.Effect.TellFlow;
import io.doundo.orchestrator.core.effect.FlowMessage.Asked;
import io.doundo.orchestrator.core.effect.FlowMessage.Moved;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.ChildMoved;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;
import io.doundo.orchestrator.core.event.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.PartStatus;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.TurnState;
import io.doundo.orchestrator.core.state.parts.EarlierPart;
import io.doundo.orchestrator.core.state.parts.ParentVerb;
import io.doundo.orchestrator.core.state.parts.PartLink;
import io.doundo.orchestrator.core.state.parts.PartPlace;
import io.doundo.orchestrator.definition.Orchestration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
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
  private final Deque<Asked> asked = new ArrayDeque<>();
  private final List<Asked> toldParts = new ArrayList<>();
  private FlowState state;

  /**
   * @param definition null for a flow that waits for it
   */
  FlowCopy(@Nullable Orchestration definition, FlowState state, Evaluations evaluations) {
    this.definition = definition;
    this.state = state;
    this.evaluations = evaluations;
  }

  /** What the flow has asked of its parts since the copy was made. */
  List<Asked> toldParts() {
    return toldParts;
  }

  /** What it has asked of parts of the step before, which have yet to answer. */
  static List<Asked> openRequests(FlowState state, int index, String step) {
    PartsState parts = state.steps().get(index).parts();
    List<Asked> open = new ArrayList<>();
    if (parts == null) {
      return open;
    }
    parts
        .sets()
        .at(PartPlace.ASKED)
        .numbers()
        .forEach(part -> open.add(asked(state, parts, step, part, ParentVerb.BACK)));
    parts
        .repairing()
        .numbers()
        .forEach(part -> open.add(asked(state, parts, step, part, ParentVerb.BACK)));
    for (EarlierPart part : parts.earlier()) {
      PartLink link =
          new PartLink(state.flowId(), state.incarnation(), step, part.attempt(), part.index());
      open.add(new Asked(link, ParentVerb.BACK, null, 0));
    }
    parts
        .awaited()
        .numbers()
        .forEach(part -> open.add(asked(state, parts, step, part, ParentVerb.KEEP)));
    return open;
  }

  private static Asked asked(
      FlowState state, PartsState parts, String step, int part, ParentVerb verb) {
    PartLink link = new PartLink(state.flowId(), state.incarnation(), step, parts.attempt(), part);
    return new Asked(link, verb, null, 0);
  }

  /** The parts that were asked before the copy was made have yet to answer. */
  void hearEarlierRequests() {
    if (definition == null) {
      return;
    }
    for (int i = 0; i < state.steps().size(); i++) {
      asked.addAll(openRequests(state, i, definition.steps().get(i).name()));
    }
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
        } else if (effect instanceof Evaluate computed) {
          next.add(evaluated(computed, event.at()));
        } else if (effect instanceof TellFlow told && told.message() instanceof Asked request) {
          asked.add(request);
          toldParts.add(request);
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

  /**
   * Every part does what it was asked: it goes back, or comes back from the archive.
   *
   * @param isDue whether the part does it now
   * @return whether a part has done something
   */
  boolean partsObey(long at, Predicate<Asked> isDue) {
    boolean any = false;
    while (!state.status().isTerminal()) {
      Asked request = nextOf(isDue);
      if (request == null) {
        return any;
      }
      any = true;
      PartStatus status =
          request.verb() == ParentVerb.BACK ? PartStatus.UNDONE : PartStatus.COMPLETED;
      give(
          new ChildMoved(
              at,
              request.link(),
              0,
              status,
              true,
              false,
              Moved.NOT_TOLD,
              null,
              null,
              List.of(),
              List.of(),
              List.of()));
    }
    return any;
  }

  private @Nullable Asked nextOf(Predicate<Asked> isDue) {
    for (Iterator<Asked> open = asked.iterator(); open.hasNext(); ) {
      Asked request = open.next();
      if (isDue.test(request)) {
        open.remove();
        return request;
      }
    }
    return null;
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

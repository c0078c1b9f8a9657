package io.doundo.history.simulation.run;

import static io.doundo.history.simulation.run.AlteredDecisions.entryOf;
import static io.doundo.history.simulation.run.AlteredDecisions.then;
import static io.doundo.history.simulation.run.AlteredDecisions.without;

import io.doundo.history.simulation.Core;
import io.doundo.history.simulation.Sabotage;
import io.doundo.history.simulation.run.Simulation.Run;
import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.Effect.RefuseSignal;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;
import io.doundo.orchestrator.core.event.FlowEvent.SignalReceived;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.CommandAction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ways to break what the core does about waits, signals and tasks. */
enum BrokenWaits implements BrokenVariant {
  /** Keeps a signal that a step has taken. */
  TAKES_A_SIGNAL_TWICE("I17") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      Decision decision = core.decide(on, state, e);
      Signal taken = taken(state, decision, e);
      FlowState next = decision.next();
      if (taken == null || next == null || next.status().isTerminal()) {
        return decision;
      }
      List<Signal> kept = new ArrayList<>(next.signals().kept());
      kept.add(0, taken);
      return new Decision(Sabotage.withKept(next, kept), decision.effects());
    }

    private @Nullable Signal taken(@Nullable FlowState state, Decision decision, FlowEvent e) {
      PublishFlowEvent entry = entryOf(FlowEventType.SIGNAL_TAKEN, decision);
      if (entry == null || state == null) {
        return null;
      }
      if (e instanceof SignalReceived now && now.controlId().equals(entry.controlId())) {
        return new Signal(
            now.signal(), now.controlId(), now.payload(), now.requestedBy(), now.at());
      }
      return state.signals().kept().stream()
          .filter(signal -> signal.controlId().equals(entry.controlId()))
          .findFirst()
          .orElse(null);
    }
  },

  /** Drops kept signals when no step will take them any more. */
  DROPS_KEPT_SIGNALS("I17") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      Decision decision = core.decide(on, state, e);
      return e instanceof SignalReceived
          ? decision
          : without(
              decision,
              effect ->
                  effect instanceof RefuseSignal
                      || (effect instanceof PublishFlowEvent entry
                          && entry.type() == FlowEventType.SIGNAL_REFUSED));
    }
  },

  /** Refuses signals without telling their senders. */
  REFUSES_SIGNALS_SILENTLY("I17") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      return without(core.decide(on, state, e), RefuseSignal.class::isInstance);
    }
  },

  /** Lets a step that has taken its signal time out. */
  TIMES_OUT_BESIDE_A_SIGNAL("I17") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      Decision decision = core.decide(on, state, e);
      PublishFlowEvent taken = entryOf(FlowEventType.SIGNAL_TAKEN, decision);
      if (taken == null) {
        return decision;
      }
      Effect timeout =
          new PublishFlowEvent(
              FlowEventType.STEP_TIMED_OUT,
              taken.step(),
              CommandAction.DO,
              taken.generation(),
              0,
              1,
              null,
              "no signal");
      return then(decision, new Decision(decision.next(), List.of(timeout)));
    }
  },

  /** Lets a step take a signal whose wait was withdrawn when the flow turned back. */
  WITHDRAWN_WAITS_TAKE_SIGNALS("I17") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      Decision decision = core.decide(on, state, e);
      PublishFlowEvent refused = entryOf(FlowEventType.SIGNAL_REFUSED, decision);
      String step = refused == null ? null : withdrawn(on, state, e);
      if (refused == null || step == null) {
        return decision;
      }
      Effect taken =
          new PublishFlowEvent(
              FlowEventType.SIGNAL_TAKEN,
              step,
              CommandAction.DO,
              1,
              0,
              -1,
              null,
              "taken",
              refused.controlId());
      Decision silent =
          without(decision, effect -> effect.equals(refused) || effect instanceof RefuseSignal);
      return then(silent, new Decision(decision.next(), List.of(taken)));
    }

    private @Nullable String withdrawn(
        @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      if (on == null
          || state == null
          || state.status() != FlowStatus.UNDOING
          || !(e instanceof SignalReceived signal)) {
        return null;
      }
      for (int i = 0; i < on.steps().size(); i++) {
        if (state.steps().get(i).status() == StepStatus.NOT_TAKEN
            && on.steps().get(i).work() instanceof Work.Signal wait
            && wait.signal().equals(signal.signal())) {
          return on.steps().get(i).name();
        }
      }
      return null;
    }
  },

  /** Takes the latest signal first. */
  TAKES_THE_LAST_SIGNAL_FIRST("I17") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      List<Signal> arrived = state == null ? List.of() : state.signals().kept();
      List<Signal> reversed = new ArrayList<>(arrived);
      Collections.reverse(reversed);
      Decision decision =
          core.decide(on, state == null ? null : Sabotage.withKept(state, reversed), e);
      FlowState next = decision.next();
      if (next == null) {
        return decision;
      }
      List<Signal> kept = new ArrayList<>(next.signals().kept());
      kept.sort(Comparator.comparingInt(signal -> place(arrived, signal)));
      return new Decision(Sabotage.withKept(next, kept), decision.effects());
    }

    /** The position of a signal that has just arrived is behind all others. */
    private int place(List<Signal> arrived, Signal signal) {
      int place = arrived.indexOf(signal);
      return place < 0 ? arrived.size() : place;
    }
  },

  /** Refuses a signal that a step does not accept, whoever else waits for it. */
  ASKS_ONLY_THE_FIRST_STEP("I17") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      return on != null
              && state != null
              && e instanceof Evaluated evaluated
              && evaluated.purpose() == Purpose.SIGNAL
          ? core.decide(on, Sabotage.withKept(state, offered(on, state, evaluated.step())), e)
          : core.decide(on, state, e);
    }

    /** The kept signals; the one that the step considers is declined by all other steps. */
    private List<Signal> offered(Orchestration on, FlowState state, String name) {
      List<Signal> kept = new ArrayList<>(state.signals().kept());
      int step = on.indexOf(name);
      if (step < 0 || !(on.steps().get(step).work() instanceof Work.Signal wait)) {
        return kept;
      }
      Signal signal = state.signals().offeredTo(step, wait.signal());
      for (int i = 0; signal != null && i < on.steps().size(); i++) {
        if (i != step) {
          kept.set(kept.indexOf(signal), signal.declined(i));
          signal = signal.declined(i);
        }
      }
      return kept;
    }
  },

  /** Reports a new assignee of a task, and leaves the task as it was. */
  LOSES_AN_ASSIGNMENT("tasks") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      Decision decision = core.decide(on, state, e);
      PublishFlowEvent assigned = entryOf(FlowEventType.TASK_ASSIGNED, decision);
      if (on == null || state == null || assigned == null || assigned.step() == null) {
        return decision;
      }
      int step = on.indexOf(assigned.step());
      return Sabotage.withTask(decision, step, state.steps().get(step).task());
    }
  },

  /** Waits for an answer to a task that nobody is asked to do. */
  ASKS_NOBODY("tasks") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      Decision decision = core.decide(on, state, e);
      FlowState next = decision.next();
      if (on == null || next == null || entryOf(FlowEventType.STEP_WAITING, decision) == null) {
        return decision;
      }
      Decision forgotten = decision;
      for (int i = 0; i < next.steps().size(); i++) {
        forgotten = Sabotage.withTask(forgotten, i, null);
      }
      return forgotten;
    }
  },

  /** Skips a step that should wait. */
  PASSES_WAITS_OVER("I15") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      Decision decision = core.decide(on, state, e);
      PublishFlowEvent waiting = entryOf(FlowEventType.STEP_WAITING, decision);
      if (waiting == null) {
        return decision;
      }
      Effect passed =
          new PublishFlowEvent(
              FlowEventType.STEP_NOT_TAKEN, waiting.step(), null, 0, 0, -1, null, "passed over");
      return then(
          without(decision, effect -> effect.equals(waiting)),
          new Decision(decision.next(), List.of(passed)));
    }
  };

  private final String caughtBy;

  BrokenWaits(String caughtBy) {
    this.caughtBy = caughtBy;
  }

  @Override
  public String caughtBy() {
    return caughtBy;
  }

  @Override
  public Run shows(Run run) {
    return run.withWaits();
  }
}

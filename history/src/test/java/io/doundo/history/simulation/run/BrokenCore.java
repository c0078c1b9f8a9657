package io.doundo.history.simulation.run;

import static io.doundo.history.simulation.run.AlteredDecisions.then;
import static io.doundo.history.simulation.run.AlteredDecisions.without;

import io.doundo.history.simulation.Core;
import io.doundo.history.simulation.Sabotage;
import io.doundo.history.simulation.invariant.NoCancelPastPivot;
import io.doundo.history.simulation.run.Simulation.Run;
import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.Effect.ScheduleTimer;
import io.doundo.orchestrator.core.effect.Effect.SendTurn;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.event.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.Outside;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.KnownEffect;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Ways to break the core, except for what only waits reveal. */
enum BrokenCore implements BrokenVariant {
  /** Treats a step whose outcome is unknown as one without effect, and sends no UNDO for it. */
  LEAVES_STEPS_IN_DOUBT("I3") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      Decision decision = core.decide(on, state, e);
      DispatchStep skipped = undoOfDoubt(decision);
      while (skipped != null) {
        AnswerOf answer = new AnswerOf(null, skipped.attempt(), false);
        FlowEvent undone =
            new StepSucceeded(e.at(), skipped.stepName(), CommandAction.UNDO, answer, null, null);
        decision = then(without(decision, skipped), core.decide(on, decision.next(), undone));
        skipped = undoOfDoubt(decision);
      }
      return Sabotage.asOneTransition(state, decision);
    }
  },

  /** Ignores effects of a DO that are reported after its UNDO was sent. */
  IGNORES_LATE_EFFECTS("I3") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      String step =
          e instanceof StepSucceeded success && success.action() == CommandAction.DO
              ? success.step()
              : e instanceof EffectLanded landed ? landed.step() : null;
      StepState before = step == null ? null : stepOf(on, state, step);
      return before != null && before.outside().undoing().sent() > 0
          ? new Decision(state, List.of())
          : core.decide(on, state, e);
    }
  },

  /** Ignores the success of a command that is not on record. */
  IGNORES_UNCOMMITTED_COMMANDS("I3") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      if (e instanceof StepSucceeded success && success.action() == CommandAction.DO) {
        StepState before = stepOf(on, state, success.step());
        if (before != null && before.outside().doing().sent() < success.answerOf().attempt()) {
          return new Decision(state, List.of());
        }
      }
      return core.decide(on, state, e);
    }
  },

  /** Assumes that nothing happened when a handler threw. */
  TRUSTS_UNKNOWN_OUTCOMES("I3") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      boolean unknown = e instanceof StepFailed failed && failed.kind() == FailureKind.UNKNOWN;
      return core.decide(on, state, unknown ? clean((StepFailed) e) : e);
    }

    private StepFailed clean(StepFailed e) {
      return new StepFailed(
          e.at(), e.step(), e.action(), e.answerOf(), FailureKind.NO_EFFECT, e.error(), e.worker());
    }
  },

  /** Assumes that no earlier attempt had an effect when one reports that it changed nothing. */
  UNCHANGED_LOWERS_DOUBT("I3") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      Decision decision = core.decide(on, state, e);
      boolean unchanged = e instanceof StepSucceeded success && success.unchanged();
      FlowState next = decision.next();
      if (on == null || next == null || next.steps().isEmpty() || !unchanged) {
        return decision;
      }
      int step = on.indexOf(((StepSucceeded) e).step());
      boolean taken = step >= 0 && next.steps().get(step).status() == StepStatus.DO_SUCCESS;
      return taken ? Sabotage.withoutDoubt(decision, step) : decision;
    }

    @Override
    boolean needsFinerAnswers() {
      return true;
    }
  },

  /**
   * Begins a new idempotency key with each generation, though something may stand under the old.
   */
  CHANGES_AN_OPEN_KEY("key") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      Decision decision = core.decide(on, state, e);
      for (Effect effect : decision.effects()) {
        if (effect instanceof DispatchStep sent && sent.action() == CommandAction.DO) {
          decision = Sabotage.withNewKey(decision, sent.step());
        }
      }
      return decision;
    }
  },

  /** Takes an effect without a DO on record for one under the key of the latest generation. */
  FORGETS_KEYS_NOT_ON_RECORD("key") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      Decision decision = core.decide(on, state, e);
      FlowState next = decision.next();
      for (int i = 0; next != null && i < next.steps().size(); i++) {
        Outside outside = next.steps().get(i).outside();
        if (outside.doing().sent() == 0 && !outside.keys().isEmpty()) {
          decision = Sabotage.withKeys(decision, i, List.of());
        }
      }
      return decision;
    }
  },

  /** Retries at the time of the policy, whatever pause the worker requested. */
  FORGETS_PAUSES("pause") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      return core.decide(on, state, e instanceof StepFailed failed ? atOnce(failed) : e);
    }

    private StepFailed atOnce(StepFailed e) {
      return new StepFailed(
          e.at(), e.step(), e.action(), e.answerOf(), e.kind(), e.error(), e.worker());
    }

    @Override
    boolean needsFinerAnswers() {
      return true;
    }
  },

  /** Attributes every failure to the attempt in flight. */
  TAKES_FAILURES_OF_OTHER_ATTEMPTS("row 2") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      if (e instanceof StepFailed failed && failed.action() == CommandAction.DO) {
        StepState step = stepOf(on, state, failed.step());
        if (step != null
            && step.outside().openAttempt() > 0
            && step.status() != StepStatus.UNDOING) {
          AnswerOf open =
              new AnswerOf(null, step.outside().openAttempt(), failed.answerOf().vouched());
          FlowEvent mistaken =
              new StepFailed(
                  e.at(),
                  failed.step(),
                  CommandAction.DO,
                  open,
                  failed.kind(),
                  failed.error(),
                  failed.worker());
          return core.decide(on, state, mistaken);
        }
      }
      return core.decide(on, state, e);
    }
  },

  /** Undoes everything at once, whatever the dependencies. */
  FORGETS_THE_GRAPH_ON_THE_WAY_BACK("I6") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      boolean back = state != null && state.status() == FlowStatus.UNDOING;
      return core.decide(on != null && back ? Sabotage.withoutEdges(on) : on, state, e);
    }
  },

  /** Undoes earlier steps before later ones. */
  UNDOES_IN_FORWARD_ORDER("I6") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      boolean back = on != null && state != null && state.status() == FlowStatus.UNDOING;
      if (!back) {
        return core.decide(on, state, e);
      }
      Orchestration mirrored = Sabotage.mirrored(Objects.requireNonNull(on));
      Decision decision =
          core.decide(mirrored, Sabotage.mirrored(Objects.requireNonNull(state)), e);
      return Sabotage.mirrored(decision, mirrored.steps().size());
    }
  },

  /** Merges results in the order of their arrival. */
  MERGES_IN_ORDER_OF_ARRIVAL("payload") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      Decision decision = core.decide(on, state, e);
      FlowState next = decision.next();
      return next == null
          ? decision
          : new Decision(
              next,
              decision.effects().stream()
                  .map(effect -> Sabotage.mergedByArrival(next, effect))
                  .toList());
    }
  },

  /** Sends the first UNDO as soon as the flow turns, without waiting for the commit. */
  SENDS_UNDO_BEFORE_ITS_TURN_IS_COMMITTED("row 31") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      return withoutWaiting(core, on, state, e, true);
    }
  },

  /** Sends the DO of a pivot as soon as it is armed, without waiting for the commit. */
  SENDS_A_PIVOT_BEFORE_ITS_TURN_IS_COMMITTED("row 31") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      return withoutWaiting(core, on, state, e, false);
    }
  },

  /** Treats a DO that certainly had no effect as done. */
  TAKES_FAILURES_FOR_SUCCESSES("I2") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      boolean clean =
          e instanceof StepFailed failed
              && failed.action() == CommandAction.DO
              && failed.kind() == FailureKind.NO_EFFECT;
      return core.decide(on, state, clean ? success((StepFailed) e) : e);
    }

    private StepSucceeded success(StepFailed e) {
      return new StepSucceeded(e.at(), e.step(), CommandAction.DO, e.answerOf(), null, e.worker());
    }
  },

  /** Lets an operator abandon a completed flow. */
  ABANDONS_ENDED_FLOWS("I11") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      boolean late =
          state != null
              && state.status() == FlowStatus.COMPLETED
              && e instanceof ControlRequested control
              && control.verb() == ControlAction.ABANDON;
      Decision decision = core.decide(on, state, e);
      return late ? Sabotage.abandoned(decision) : decision;
    }
  },

  /** Sends the DO of a step whose condition is not true. */
  SENDS_WHAT_IS_NOT_TAKEN("I15") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      Decision decision = core.decide(on, state, e);
      List<Effect> effects = new ArrayList<>(decision.effects());
      for (Effect effect : decision.effects()) {
        if (on != null
            && effect instanceof PublishFlowEvent entry
            && entry.type() == FlowEventType.STEP_NOT_TAKEN) {
          String step = Objects.requireNonNull(entry.step());
          effects.add(
              new DispatchStep(
                  on.indexOf(step),
                  step,
                  CommandAction.DO,
                  1,
                  1,
                  "of " + step,
                  null,
                  e.at() + 1_000,
                  List.of()));
        }
      }
      return new Decision(decision.next(), effects);
    }

    @Override
    boolean isOfConditions() {
      return true;
    }
  },

  /** Applies the condition of a step to the steps behind it as well. */
  LETS_CONDITIONS_SPREAD("I15") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      return core.decide(on == null ? null : Sabotage.withSpreadConditions(on), state, e);
    }

    @Override
    boolean isOfConditions() {
      return true;
    }
  },

  /** Keeps a cancel that waited for the pivot although the pivot is passed. */
  CANCEL_OUTLIVES_THE_PIVOT("cancel") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      Decision decision = core.decide(on, state, e);
      FlowState next = decision.next();
      boolean resolved =
          e instanceof ControlRequested control && control.verb() == ControlAction.RESOLVE;
      return next != null && state != null && resolved && !next.status().isTerminal()
          ? Sabotage.withCancelReason(decision, state.cancelReason())
          : decision;
    }
  },

  /** Gives a step past the pivot up at its first failure. */
  GIVES_UP_PAST_THE_PIVOT("past pivot") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      boolean past = on != null && state != null && NoCancelPastPivot.passedPivot(on, state) >= 0;
      return core.decide(on, state, past && e instanceof StepFailed failed ? last(failed) : e);
    }

    private StepFailed last(StepFailed e) {
      return new StepFailed(
          e.at(), e.step(), e.action(), e.answerOf(), FailureKind.FINAL, e.error(), e.worker());
    }
  },

  /** Does not set its timer again. */
  FORGETS_TIMERS("timer") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      Decision decision = core.decide(on, state, e);
      return new Decision(
          decision.next(),
          decision.effects().stream()
              .filter(effect -> !(effect instanceof ScheduleTimer))
              .toList());
    }
  },

  /** Changes a flow without a transition, and so without an audit record. */
  CHANGES_FLOWS_UNRECORDED("transitions") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      Decision decision = core.decide(on, state, e);
      return state != null && e instanceof TurnCommitted
          ? Sabotage.unnumbered(state, decision)
          : decision;
    }
  },

  /** Counts attempts from one too low. */
  SENDS_ONE_ATTEMPT_TOO_MANY("I9") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      return core.decide(on == null ? null : Sabotage.withMoreAttempts(on), state, e);
    }
  },

  /** Takes every branch of a choice. */
  TAKES_EVERY_BRANCH("I15") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      return core.decide(on == null ? null : Sabotage.withoutGuards(on), state, e);
    }

    @Override
    boolean needsChoices() {
      return true;
    }
  },

  /** Ignores edges that carry no results. */
  FORGETS_THE_ORDER_OF_LANES("I6") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      return core.decide(on == null ? null : Sabotage.withoutOrder(on), state, e);
    }

    @Override
    boolean needsChoices() {
      return true;
    }
  },

  /** Ignores pivots. */
  IGNORES_PIVOTS("I7") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      return core.decide(on == null ? null : Sabotage.withoutPivots(on), state, e);
    }
  },

  /** Carries out a control again when it is delivered again. */
  FORGETS_CONTROLS("row 2") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      if (!(e instanceof ControlRequested control)) {
        return core.decide(on, state, e);
      }
      int transition = state == null ? 0 : state.transitions();
      FlowEvent renamed =
          new ControlRequested(
              e.at(),
              control.controlId() + '/' + transition,
              control.verb(),
              control.step(),
              control.payload(),
              control.resolution(),
              control.reason(),
              control.requestedBy());
      return core.decide(on, state, renamed);
    }
  },

  /** Decides by state outside its input. */
  READS_A_CLOCK("I8") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      String now = "at " + System.nanoTime();
      Effect remark = new PublishFlowEvent(FlowEventType.INCIDENT, null, null, 0, 0, -1, null, now);
      Decision decision = core.decide(on, state, e);
      return decision.effects().isEmpty()
          ? decision
          : then(decision, new Decision(decision.next(), List.of(remark)));
    }
  };

  private final String caughtBy;

  BrokenCore(String caughtBy) {
    this.caughtBy = caughtBy;
  }

  /** Whether only workers that report more than success and failure reveal it. */
  boolean needsFinerAnswers() {
    return false;
  }

  /** Whether only runs with conditions reveal it. */
  boolean isOfConditions() {
    return false;
  }

  /** Whether only definitions with choices reveal it. */
  boolean needsChoices() {
    return false;
  }

  @Override
  public Run shows(Run run) {
    if (needsChoices()) {
      return run.withChoices();
    }
    Run finer = needsFinerAnswers() ? run.withFinerAnswers() : run;
    return isOfConditions() ? finer.withConditions() : finer;
  }

  @Override
  public String caughtBy() {
    return caughtBy;
  }

  private static Decision withoutWaiting(
      Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e, boolean undo) {
    Decision decision = core.decide(on, state, e);
    for (Effect effect : decision.effects()) {
      FlowState next = Objects.requireNonNull(decision.next());
      if (effect instanceof SendTurn turn && (turn.turn() == next.turns().undo()) == undo) {
        FlowEvent committed = new TurnCommitted(e.at(), turn.turn());
        decision = then(decision, core.decide(on, next, committed));
      }
    }
    return Sabotage.asOneTransition(state, decision);
  }

  private static @Nullable DispatchStep undoOfDoubt(Decision decision) {
    for (Effect effect : decision.effects()) {
      if (effect instanceof DispatchStep command && command.effect() == KnownEffect.UNKNOWN) {
        return command;
      }
    }
    return null;
  }

  private static @Nullable StepState stepOf(
      @Nullable Orchestration on, @Nullable FlowState state, String step) {
    return state == null || state.steps().isEmpty()
        ? null
        : state.steps().get(Objects.requireNonNull(on).indexOf(step));
  }
}

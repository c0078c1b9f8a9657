package io.doundo.orchestrator.core;

import static io.doundo.orchestrator.core.state.Purpose.PAYLOAD;

import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.ChildMoved;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.DefinitionFound;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchHeld;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchImpossible;
import io.doundo.orchestrator.core.event.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.event.FlowEvent.EngineFailed;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.HoldEnded;
import io.doundo.orchestrator.core.event.FlowEvent.ParentAsked;
import io.doundo.orchestrator.core.event.FlowEvent.SignalHanded;
import io.doundo.orchestrator.core.event.FlowEvent.SignalReceived;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.event.FlowEvent.TimeReached;
import io.doundo.orchestrator.core.event.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.event.StartRule;
import io.doundo.orchestrator.core.state.FlowNotes;
import io.doundo.orchestrator.core.state.FlowOrigin;
import io.doundo.orchestrator.core.state.FlowSignals;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.FlowTimes;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.TurnState;
import io.doundo.orchestrator.core.state.parts.PartLink;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.CommandAction;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The flow core: from a definition, a state and an event to the next state and its effects. Pure
 * and stateless, and so safe for any thread.
 */
public final class FlowDecider {

  /** How long a flow waits for its definition by default: 60 s. */
  public static final Duration DEFAULT_DEFINITION_WAIT = Duration.ofSeconds(60);

  private final long definitionWaitMs;

  public FlowDecider() {
    this(DEFAULT_DEFINITION_WAIT);
  }

  /**
   * @param definitionWait how long a flow waits for its definition before it is rejected
   */
  public FlowDecider(Duration definitionWait) {
    this.definitionWaitMs = definitionWait.toMillis();
  }

  /**
   * Decides what an event does to a flow. A transition has taken place and must be recorded if and
   * only if {@code transitions} of the next state is higher than before. An {@code Evaluated} goes
   * on with the transition that asked for it, and is recorded with it.
   *
   * @param definition the flow's definition; null only while none was found. If it is given to a
   *     flow that waits for it, the flow begins, whatever the event is
   * @param state null when there is no such flow; then only {@code FlowStarted} creates one
   * @throws IllegalArgumentException when there is no flow and the event does not start one, or
   *     when the definition of a running flow is missing
   */
  public Decision decide(
      @Nullable Orchestration definition, @Nullable FlowState state, FlowEvent event) {
    if (event instanceof FlowStarted started) {
      return start(definition, state, started);
    }
    if (event instanceof ParentAsked asked && !Family.isOf(state, asked.link())) {
      return new Decision(state, List.of(Family.lost(asked.link(), List.of())));
    }
    if (event instanceof SignalHanded handed && !Family.isOf(state, handed.link())) {
      return new Decision(state, List.of(Family.lost(handed.link(), List.of(handed.signal()))));
    }
    if (event instanceof ChildMoved moved && !isParent(state, moved)) {
      String why = "there is no flow that has begun " + Parts.flowIdOf(moved.link());
      return new Decision(state, List.of(new Effect.RefuseEvent(why)));
    }
    if (state == null) {
      throw new IllegalArgumentException("there is no flow that " + event + " could concern");
    }
    if (event instanceof EngineFailed failed) {
      return fault(definition, state, failed);
    }
    if (definition == null && state.definition() != null) {
      throw new IllegalArgumentException("flow " + state.flowId() + " needs " + state.definition());
    }
    boolean isCheck = event instanceof Evaluated evaluated && evaluated.purpose() == PAYLOAD;
    boolean begins =
        state.status() == FlowStatus.WAITING
            && definition != null
            && (isCheck || !isChecked(definition));
    boolean reopens = definition != null && isReopened(definition, state, event);
    boolean defined = state.definition() != null || begins || reopens;
    FlowDraft flow = new FlowDraft(defined ? definition : null, state, event.at());
    flow.continuesTransition = event instanceof Evaluated && !isCheck;
    if (begins && isCheck) {
      return checked(flow, (Evaluated) event);
    }
    if (begins) {
      // Any event that comes with the definition begins the flow: an aborted transaction that found
      // it before may have sent commands, and this may be their answer.
      begin(flow);
    }
    if (reopens) {
      Backward.turn(flow, "repair: an effect was reported although the flow was rejected");
    }
    Cancelling.dropPastPivot(flow);
    int said = flow.effectCount();
    boolean wasPaused = flow.isPaused();
    boolean wasRecalling = Releases.isRecalling(flow);
    event.accept(new EventApplier(flow));
    Family.passOn(flow, wasPaused);
    if (flow.effectCount() == said) {
      IgnoredAnswers.note(flow, event);
    } else if (flow.isFaulted() && isAnswer(event) && !flow.isSilent()) {
      // A successful computation for an answer shows that the flow can continue.
      Parking.takeUp(flow);
    }
    advance(flow);
    Family.kept(flow, wasRecalling);
    Signals.refuseObsolete(flow);
    return flow.freeze();
  }

  /**
   * Whether the event tells of an effect of a flow that was rejected while it waited for its
   * definition. Such a flow has sent nothing, but a transaction that had found the definition and
   * was aborted may have: what it has caused is undone.
   */
  private static boolean isReopened(Orchestration definition, FlowState state, FlowEvent event) {
    if (state.status() != FlowStatus.REJECTED || state.definition() != null) {
      return false;
    }
    String step = null;
    if (event instanceof StepSucceeded success && success.action() == CommandAction.DO) {
      step = success.unchanged() ? null : success.step();
    } else if (event instanceof EffectLanded landed && landed.action() == CommandAction.DO) {
      step = landed.step();
    } else if (event instanceof StepFailed failure && failure.action() == CommandAction.DO) {
      step = failure.kind().doubtful() && !failure.kind().vouched() ? failure.step() : null;
    }
    int index = step == null ? -1 : definition.indexOf(step);
    return index >= 0 && definition.steps().get(index).isOutside();
  }

  private static boolean isParent(@Nullable FlowState state, ChildMoved event) {
    return state != null && state.incarnation().equals(event.link().incarnation());
  }

  /** Whether the payload of a start must be checked before the flow begins. */
  private static boolean isChecked(Orchestration definition) {
    return definition.contract().payload() != null;
  }

  private static Decision checked(FlowDraft flow, Evaluated event) {
    if (event.evaluation() instanceof Evaluation.Failed failed) {
      reject(flow, "the payload is not one that the orchestration takes: " + failed.error());
    } else {
      begin(flow);
      advance(flow);
    }
    Signals.refuseObsolete(flow);
    return flow.freeze();
  }

  /** Asks as little as possible of a flow on which everything else has failed. */
  private static Decision fault(
      @Nullable Orchestration definition, FlowState state, EngineFailed event) {
    if (state.definition() != null && definition == null) {
      FlowState faulted = state.faulted(event.at(), event.error());
      return new Decision(faulted, Family.toldOfFault(state, faulted));
    }
    FlowDraft flow =
        new FlowDraft(state.definition() == null ? null : definition, state, event.at());
    PartLink part = event.part();
    if (part != null && state.incarnation().equals(part.incarnation())) {
      PartAnswers.unheard(flow, part, event);
    }
    Parking.fault(flow, event.error());
    Signals.refuseObsolete(flow);
    return flow.freeze();
  }

  private static boolean isAnswer(FlowEvent event) {
    return event instanceof StepSucceeded
        || event instanceof StepFailed
        || event instanceof EffectLanded
        || event instanceof ChildMoved;
  }

  private Decision start(
      @Nullable Orchestration definition, @Nullable FlowState state, FlowStarted event) {
    if (state != null) {
      StartRule rule = StartRule.of(state.status(), state.origin().digest(), event.startDigest());
      if (rule == StartRule.IGNORE) {
        return new Decision(state, List.of());
      }
      if (rule == StartRule.CONFLICT) {
        String why = "flowId " + state.flowId() + " is already in use by a flow with other content";
        return new Decision(state, List.of(new Effect.RefuseEvent(why)));
      }
    }
    boolean isAsked = event.refusal() == null && definition != null && isChecked(definition);
    FlowDraft flow = new FlowDraft(isAsked ? null : definition, unstarted(event), event.at());
    if (event.refusal() != null) {
      reject(flow, event.refusal());
    } else if (definition == null) {
      // The definition of a part is known by its id, and so is certain to come.
      flow.deadlineAt = event.part() == null ? event.at() + definitionWaitMs : 0;
      flow.audit(
          FlowEventType.FLOW_WAITING,
          "orchestration " + event.orchestrationName() + " is not registered yet");
    } else if (isAsked) {
      flow.evaluate(PAYLOAD);
    } else {
      begin(flow);
      advance(flow);
    }
    return flow.freeze();
  }

  /** A flow that has sent nothing ends before it begins. */
  private static void reject(FlowDraft flow, String why) {
    flow.reason = why;
    flow.end(FlowStatus.REJECTED, FlowEventType.FLOW_REJECTED, why);
    if (flow.before().origin().partOf() == null) {
      flow.refuse(why);
    }
  }

  private static FlowState unstarted(FlowStarted event) {
    FlowOrigin origin =
        new FlowOrigin(
            event.flowId(),
            event.incarnation(),
            event.orchestrationName(),
            event.initiator(),
            event.payload(),
            event.headers(),
            event.startDigest(),
            event.at(),
            event.part(),
            event.requestedBy());
    return new FlowState(
        origin,
        null,
        FlowStatus.WAITING,
        null,
        false,
        null,
        null,
        FlowTimes.startedAt(event.at()),
        TurnState.NONE,
        0,
        List.of(),
        FlowNotes.NONE,
        FlowSignals.NONE);
  }

  private static void begin(FlowDraft flow) {
    flow.status = FlowStatus.IN_PROGRESS;
    Duration timeout = flow.definition().timeout();
    flow.deadlineAt = timeout == null ? 0 : flow.at + timeout.toMillis();
    flow.audit(FlowEventType.FLOW_STARTED, null);
  }

  private static void advance(FlowDraft flow) {
    Cancelling.dropPastPivot(flow);
    if (flow.isFaulted()) {
      return;
    }
    if (flow.leadsBack()) {
      Backward.advance(flow);
    } else if (flow.status == FlowStatus.IN_PROGRESS || flow.status == FlowStatus.PARKED) {
      Forward.advance(flow);
      if (flow.leadsBack()) {
        throw new IllegalStateException("sending a DO must not turn a flow");
      }
    }
    Releases.advance(flow);
  }

  /** Applies each event, before the flow advances. */
  private record EventApplier(FlowDraft flow) implements FlowEvent.Handler<FlowDraft> {

    @Override
    public FlowDraft on(FlowStarted event) {
      throw new IllegalStateException("a start is taken before the flow exists");
    }

    @Override
    public FlowDraft on(DefinitionFound event) {
      flow.timerFired();
      if (flow.status == FlowStatus.WAITING && event.refusal() != null) {
        reject(flow, event.refusal());
      } else if (flow.status == FlowStatus.WAITING) {
        // Its orchestration checks the payload.
        flow.evaluate(PAYLOAD);
      }
      return flow;
    }

    @Override
    public FlowDraft on(StepSucceeded event) {
      int step = stepOf(event.step());
      if (step >= 0) {
        flow.machineOf(step).succeeded(flow, step, event);
      }
      return flow;
    }

    @Override
    public FlowDraft on(StepFailed event) {
      int step = stepOf(event.step());
      if (step >= 0) {
        flow.machineOf(step).failed(flow, step, event);
      }
      return flow;
    }

    @Override
    public FlowDraft on(EffectLanded event) {
      int step = stepOf(event.step());
      if (step >= 0) {
        flow.machineOf(step).landed(flow, step, event);
      }
      return flow;
    }

    @Override
    public FlowDraft on(TimeReached event) {
      if (flow.status == FlowStatus.WAITING) {
        flow.timerFired();
        if (flow.deadlineAt > 0 && flow.deadlineAt <= flow.at) {
          reject(
              flow,
              "orchestration " + flow.before().orchestrationName() + " was not registered in time");
        }
      } else if (flow.isFaulted()) {
        flow.timerFired();
      } else if (flow.status.isTerminal()) {
        Releases.timeReached(flow);
      } else {
        Deadlines.reached(flow);
      }
      return flow;
    }

    @Override
    public FlowDraft on(TurnCommitted event) {
      if (event.turn() == flow.undoTurn) {
        flow.undoCommitted = true;
        return flow;
      }
      for (StepDraft step : flow.steps) {
        if (step.status == StepStatus.ARMED && step.armedTurn == event.turn()) {
          step.armedTurn = 0;
        }
      }
      return flow;
    }

    @Override
    public FlowDraft on(DispatchImpossible event) {
      int step = stepOf(event.step());
      if (step >= 0) {
        flow.machineOf(step).undeliverable(flow, step, event);
      }
      return flow;
    }

    @Override
    public FlowDraft on(DispatchHeld event) {
      int step = stepOf(event.step());
      if (step >= 0) {
        Holds.held(flow, step, event);
      }
      return flow;
    }

    @Override
    public FlowDraft on(HoldEnded event) {
      int step = stepOf(event.step());
      if (step >= 0) {
        Holds.release(flow, step, "the breaker lets it through");
      }
      return flow;
    }

    @Override
    public FlowDraft on(Evaluated event) {
      if (event.purpose() == Purpose.RESULT) {
        Family.resultKnown(flow, event.evaluation());
        return flow;
      }
      int step = stepOf(event.step());
      if (step >= 0) {
        Conditions.evaluated(flow, step, event);
      }
      return flow;
    }

    @Override
    public FlowDraft on(EngineFailed event) {
      throw new IllegalStateException("a failure of the engine is taken before anything else is");
    }

    @Override
    public FlowDraft on(SignalReceived event) {
      Signals.received(flow, event);
      return flow;
    }

    @Override
    public FlowDraft on(ChildMoved event) {
      // An abandoned flow hears its parts too: it releases them.
      int step = flow.isDefined() ? flow.definition().indexOf(event.link().step()) : -1;
      if (step < 0) {
        flow.refuse("the flow has no step " + event.link().step() + " with parts");
      } else {
        PartAnswers.moved(flow, step, event);
      }
      return flow;
    }

    @Override
    public FlowDraft on(ParentAsked event) {
      Family.asked(flow, event);
      return flow;
    }

    @Override
    public FlowDraft on(SignalHanded event) {
      flow.answersParent = true;
      Signals.handed(flow, event.signal());
      return flow;
    }

    @Override
    public FlowDraft on(ControlRequested event) {
      Controls.requested(flow, event);
      return flow;
    }

    /** The step's index, or -1 when the answer cannot concern this flow. */
    private int stepOf(String name) {
      // Also one that was abandoned while it waited has none.
      if (!flow.isDefined()) {
        flow.refuse("the flow is " + flow.status + " and has not sent a command");
        return -1;
      }
      int step = flow.definition().indexOf(name);
      if (step < 0) {
        flow.refuse("orchestration " + flow.definition().name() + " has no step " + name);
      }
      return flow.status == FlowStatus.ABANDONED ? -1 : step;
    }
  }
}

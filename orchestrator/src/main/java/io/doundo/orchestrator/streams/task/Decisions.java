package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.core.FlowDecider;
import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.AskBreaker;
import io.doundo.orchestrator.core.effect.Effect.CancelTimer;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.effect.Effect.Hold;
import io.doundo.orchestrator.core.effect.Effect.KeepPart;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.Effect.RefuseEvent;
import io.doundo.orchestrator.core.effect.Effect.RefuseSignal;
import io.doundo.orchestrator.core.effect.Effect.ScheduleTimer;
import io.doundo.orchestrator.core.effect.Effect.SendTurn;
import io.doundo.orchestrator.core.effect.Effect.TellFlow;
import io.doundo.orchestrator.core.effect.Effect.Unhold;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchHeld;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchImpossible;
import io.doundo.orchestrator.core.event.FlowEvent.EngineFailed;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.HoldEnded;
import io.doundo.orchestrator.core.event.FlowEvent.SignalReceived;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.event.FlowEvent.TimeReached;
import io.doundo.orchestrator.core.state.Attempts;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.Outside;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.streams.record.AuditLog;
import io.doundo.orchestrator.streams.record.DeadLetters;
import io.doundo.orchestrator.streams.record.InputRecord;
import io.doundo.orchestrator.streams.record.OutputRecord;
import io.doundo.orchestrator.streams.record.RekeyCodec;
import io.doundo.orchestrator.streams.state.HeldStep;
import io.doundo.orchestrator.streams.task.breaker.TaskBreakers;
import io.doundo.orchestrator.streams.task.meter.EngineMeters;
import io.doundo.orchestrator.streams.task.meter.FlowCounters;
import io.doundo.orchestrator.streams.task.meter.Tally;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Printable;
import io.doundo.protocol.json.RawJson;
import io.doundo.protocol.json.Utf8;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the core what an event does to a flow and collects in the update what has to be sent for it.
 * A command that cannot be sent or is held by a breaker, and the value of an expression, go back to
 * the core at once. Immutable.
 */
final class Decisions {

  private static final Logger LOG = LoggerFactory.getLogger(Decisions.class);
  private static final int MOST_LOGGED = 500;

  private final FlowDecider decider;
  private final Commands commands;
  private final Evaluator evaluator;
  private final FlowMessages messages;
  private final TaskBreakers breakers;
  private final @Nullable AuditLog audit;
  private final DeadLetters deadLetters;
  private final EngineMeters meters;

  /**
   * @param audit null when none is written
   */
  Decisions(
      FlowDecider decider,
      Commands commands,
      Evaluator evaluator,
      FlowMessages messages,
      TaskBreakers breakers,
      @Nullable AuditLog audit,
      DeadLetters deadLetters,
      EngineMeters meters) {
    this.decider = decider;
    this.commands = commands;
    this.evaluator = evaluator;
    this.messages = messages;
    this.breakers = breakers;
    this.audit = audit;
    this.deadLetters = deadLetters;
    this.meters = meters;
  }

  /**
   * @param cause the record that brought the event; it becomes a dead letter if the core refuses it
   */
  void apply(FlowUpdate update, FlowEvent event, @Nullable InputRecord cause) {
    Deque<FlowEvent> events = new ArrayDeque<>();
    events.add(evaluator.kept(update, event));
    String signalId = event instanceof SignalReceived signal ? signal.controlId() : null;
    FlowCounters counters = meters.counters();
    Tally tally = counters == null ? null : new Tally();
    boolean begins = update.state() == null;
    Session open = null;
    while (!events.isEmpty()) {
      FlowEvent next = events.remove();
      FlowState before = update.state();
      Decision decision = decider.decide(update.definition(), before, next);
      update.decided(decision.next());
      CarryingOut carryingOut =
          new CarryingOut(update, next, cause, signalId, new ArrayList<>(), events);
      decision.effects().forEach(effect -> effect.accept(carryingOut));
      carryingOut.takeBackHeld();
      FlowState after = update.state();
      boolean moved =
          after != null && after.transitions() > (before == null ? 0 : before.transitions());
      if (moved) {
        reportToBreakers(update, before, next, carryingOut.entries);
      }
      if (next instanceof EngineFailed failed && moved && carryingOut.entries.isEmpty()) {
        // Parked without the decider, which tells nothing of it then.
        tellFault(carryingOut, failed);
      }
      if (counters != null && tally != null) {
        boolean isPart = after != null && after.origin().partOf() != null;
        counters.decided(
            tally, update.definition(), before, isPart, next, event, carryingOut.entries);
      }
      if (audit == null || after == null) {
        continue;
      }
      if (next instanceof Evaluated && open != null) {
        open.goesOn(after, next, moved, carryingOut);
      } else {
        record(update, open, cause);
        open = new Session(before, after, next, moved, carryingOut);
      }
    }
    record(update, open, cause);
    FlowState last = update.state();
    if (counters != null && tally != null && last != null) {
      if (begins) {
        counters.started(tally, update.definition(), last);
      }
      if (!tally.isEmpty()) {
        update.whenWritten(() -> meters.carriedOut(tally));
      }
    }
  }

  /**
   * An answer proves that the service behind the step's breaker is there, unless its worker says
   * otherwise; an attempt that has timed out is a fault.
   */
  private void reportToBreakers(
      FlowUpdate update,
      @Nullable FlowState before,
      FlowEvent event,
      List<PublishFlowEvent> entries) {
    Orchestration definition = update.definition();
    if (definition == null || before == null) {
      return;
    }
    if (event instanceof StepSucceeded succeeded) {
      report(update, definition, before, succeeded.step(), succeeded.answerOf(), false);
    } else if (event instanceof StepFailed failed) {
      report(update, definition, before, failed.step(), failed.answerOf(), failed.serviceFault());
    } else {
      for (PublishFlowEvent entry : entries) {
        if (entry.type() == FlowEventType.STEP_TIMED_OUT && entry.step() != null) {
          report(update, definition, before, entry.step(), AnswerOf.UNMARKED, true);
        }
      }
    }
  }

  private void report(
      FlowUpdate update,
      Orchestration definition,
      FlowState before,
      String stepName,
      AnswerOf answerOf,
      boolean isFault) {
    int step = definition.indexOf(stepName);
    String breaker = step < 0 ? null : definition.steps().get(step).breaker();
    if (breaker != null) {
      long sentAt = sentAt(update, definition.steps().get(step), before, step, answerOf);
      update.whenWritten(() -> breakers.seen(breaker, isFault, sentAt));
    }
  }

  /**
   * When the attempt was sent that was answered, or has timed out, ms since the epoch; 0 when it is
   * not the one that was open.
   */
  private static long sentAt(
      FlowUpdate update, Step definition, FlowState before, int step, AnswerOf answerOf) {
    if (before.steps().isEmpty()) {
      return 0;
    }
    StepState was = before.steps().get(step);
    int open = was.outside().openAttempt();
    boolean isSettled = update.requireState().steps().get(step).outside().openAttempt() != open;
    boolean isOfOpen = answerOf.attempt() == 0 || answerOf.attempt() == open;
    return open > 0 && was.dueAt() > 0 && isSettled && isOfOpen
        ? was.dueAt() - definition.timeout().toMillis()
        : 0;
  }

  /** Counts a turn that was read back. */
  void turnRead(long waitedMs) {
    meters.turnRead(waitedMs);
  }

  private void record(FlowUpdate update, @Nullable Session session, @Nullable InputRecord cause) {
    if (audit != null && session != null && session.moved) {
      update.send(
          audit.record(
              session.before,
              session.after,
              session.event,
              session.further,
              session.entries,
              session.sent,
              session.event instanceof FlowStarted ? traceparent(cause) : null));
    }
  }

  /** The trace in which a start was sent; nobody has checked it. */
  private static @Nullable String traceparent(@Nullable InputRecord start) {
    byte[] header = start == null ? null : start.headerLookup().last(RecordHeaders.TRACEPARENT);
    return header == null ? null : Utf8.decode(header);
  }

  /**
   * An event with the evaluations that it required: one transition, and one record. Not
   * thread-safe.
   */
  private static final class Session {

    private final @Nullable FlowState before;
    private final FlowEvent event;
    private final List<PublishFlowEvent> entries;
    private final List<DispatchStep> sent;
    private List<FlowEvent> further = List.of();
    private FlowState after;
    private boolean moved;

    Session(
        @Nullable FlowState before,
        FlowState after,
        FlowEvent event,
        boolean moved,
        CarryingOut carriedOut) {
      this.before = before;
      this.after = after;
      this.event = event;
      this.moved = moved;
      this.entries = carriedOut.entries;
      this.sent = carriedOut.sent;
    }

    void goesOn(FlowState next, FlowEvent answer, boolean alsoMoved, CarryingOut carriedOut) {
      if (further.isEmpty()) {
        further = new ArrayList<>(2);
      }
      further.add(answer);
      entries.addAll(carriedOut.entries);
      sent.addAll(carriedOut.sent);
      after = next;
      moved |= alsoMoved;
    }
  }

  private static void tellFault(CarryingOut carryingOut, EngineFailed failed) {
    carryingOut.on(
        new PublishFlowEvent(
            FlowEventType.FLOW_PARKED,
            null,
            null,
            0,
            0,
            -1,
            null,
            ParkReason.ENGINE_FAULT + ": " + failed.error()));
  }

  /** Carries out each effect in the engine; the result is always the update. */
  private final class CarryingOut implements Effect.Handler<FlowUpdate> {

    private final FlowUpdate update;
    private final FlowEvent event;
    private final @Nullable InputRecord cause;
    private final @Nullable String signalId;
    private final List<PublishFlowEvent> entries;
    private final List<DispatchStep> sent = new ArrayList<>(2);
    private final Deque<FlowEvent> followUps;
    private final List<AskBreaker> held = new ArrayList<>(0);

    CarryingOut(
        FlowUpdate update,
        FlowEvent event,
        @Nullable InputRecord cause,
        @Nullable String signalId,
        List<PublishFlowEvent> entries,
        Deque<FlowEvent> followUps) {
      this.update = update;
      this.event = event;
      this.cause = cause;
      this.signalId = signalId;
      this.entries = entries;
      this.followUps = followUps;
    }

    @Override
    public FlowUpdate on(AskBreaker effect) {
      boolean isByItself = effect.past() && event instanceof TimeReached;
      HeldStep step = new HeldStep(effect.breaker(), update.flowId(), effect.stepName());
      if (isByItself
          ? breakers.goesOnHolding(step)
          : breakers.holds(effect.breaker(), effect.past())) {
        held.add(effect);
      }
      return update;
    }

    /** The held commands were not sent, and the core hears of it before anything else. */
    private void takeBackHeld() {
      for (int i = held.size() - 1; i >= 0; i--) {
        AskBreaker asked = held.get(i);
        followUps.addFirst(
            new DispatchHeld(
                event.at(), asked.stepName(), asked.action(), asked.attempt(), asked.breaker()));
      }
    }

    @Override
    public FlowUpdate on(Hold effect) {
      HeldStep step = new HeldStep(effect.breaker(), update.flowId(), effect.stepName());
      boolean isLast = isLastAttempt(effect.stepName());
      update.whenWritten(() -> breakers.hold(step, isLast));
      return update;
    }

    /** Whether a fault, or no answer, to the held command would leave the step without another. */
    private boolean isLastAttempt(String stepName) {
      Orchestration definition = update.requireDefinition();
      int index = definition.indexOf(stepName);
      Step step = definition.steps().get(index);
      FlowState state = update.requireState();
      Outside outside = state.steps().get(index).outside();
      boolean isUndo = state.status() == FlowStatus.UNDOING;
      if (!isUndo && (step.onTimeout() != OnTimeout.RETRY || state.cancelReason() != null)) {
        return true;
      }
      Attempts attempts = isUndo ? outside.undoing() : outside.doing();
      int most = isUndo ? step.undoRetry().maxAttempts() : step.retry().maxAttempts();
      return attempts.sent() - attempts.base() + 1 >= most;
    }

    @Override
    public FlowUpdate on(Unhold effect) {
      HeldStep step = new HeldStep(effect.breaker(), update.flowId(), effect.stepName());
      update.whenWritten(() -> breakers.unhold(step));
      return update;
    }

    @Override
    public FlowUpdate on(DispatchStep effect) {
      if (!held.isEmpty() && held.stream().anyMatch(asked -> asked.step() == effect.step())) {
        return update;
      }
      DispatchImpossible impossible = commands.dispatch(update, effect, event.at());
      if (impossible == null) {
        sent.add(effect);
      } else {
        followUps.add(impossible);
      }
      return update;
    }

    @Override
    public FlowUpdate on(Evaluate effect) {
      followUps.add(evaluator.evaluate(update, effect, event.at()));
      return update;
    }

    @Override
    public FlowUpdate on(ScheduleTimer effect) {
      update.setTimer(effect.at());
      return update;
    }

    @Override
    public FlowUpdate on(CancelTimer effect) {
      update.clearTimer(effect.at());
      return update;
    }

    @Override
    public FlowUpdate on(SendTurn effect) {
      RekeyCodec.Turn committed =
          new RekeyCodec.Turn(update.requireState().incarnation(), effect.turn());
      update.send(OutputRecord.of(Topics.REKEY, update.flowId(), committed.encode()));
      return update;
    }

    @Override
    public FlowUpdate on(PublishFlowEvent effect) {
      entries.add(effect);
      if (audit == null && cause != null && effect.type() == FlowEventType.CONTROL_REFUSED) {
        // Nothing else would report the outcome of the request.
        update.send(deadLetters.of(cause, String.valueOf(effect.reason())));
      }
      return update;
    }

    @Override
    public FlowUpdate on(TellFlow effect) {
      update.send(messages.of(update, effect));
      return update;
    }

    @Override
    public FlowUpdate on(KeepPart effect) {
      update.keepPart(effect);
      return update;
    }

    @Override
    public FlowUpdate on(RefuseSignal effect) {
      Signal signal = effect.signal();
      if (cause == null || !signal.controlId().equals(signalId)) {
        // It was kept, and its own record was processed earlier.
        update.send(
            deadLetters.ofSignal(
                command(signal),
                signal.at(),
                "%s; it was kept since %s"
                    .formatted(effect.reason(), Instant.ofEpochMilli(signal.at()))));
      } else if (audit == null || cause.headerLookup().last(RecordHeaders.ANSWERED) == null) {
        // A sender who waits for the outcome reads it in the audit log.
        update.send(deadLetters.of(cause, effect.reason()));
      }
      return update;
    }

    private ControlCommand command(Signal signal) {
      Content payload = signal.payload();
      return ControlCommand.signal(
          signal.controlId(),
          update.flowId(),
          signal.name(),
          payload == null ? null : RawJson.trusted(update.bytesOf(payload)),
          signal.through() == null ? signal.by() : signal.through(),
          signal.through() == null ? null : signal.by());
    }

    @Override
    public FlowUpdate on(RefuseEvent effect) {
      if (cause == null) {
        FlowState state = update.state();
        FlowLog.about(
            update.flowId(),
            state == null ? null : state.incarnation(),
            event instanceof HoldEnded held ? held.step() : null,
            () ->
                LOG.warn(
                    "flow {} refused {}: {}",
                    update.flowId(),
                    Printable.line(String.valueOf(event), MOST_LOGGED),
                    Printable.line(effect.reason(), MOST_LOGGED)));
      } else {
        update.send(deadLetters.of(cause, effect.reason()));
      }
      return update;
    }
  }
}

package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.core.effect.FlowMessage;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.EngineFailed;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.HoldEnded;
import io.doundo.orchestrator.core.event.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.event.StartRule;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.schedule.ScheduleName;
import io.doundo.orchestrator.schedule.stored.ScheduleKey;
import io.doundo.orchestrator.streams.record.DeadLetters;
import io.doundo.orchestrator.streams.record.HeldRecords;
import io.doundo.orchestrator.streams.record.InputRecord;
import io.doundo.orchestrator.streams.record.InputSource;
import io.doundo.orchestrator.streams.record.OutputRecord;
import io.doundo.orchestrator.streams.record.RekeyCodec;
import io.doundo.orchestrator.streams.state.FlowMessageCodec;
import io.doundo.orchestrator.streams.state.FlowStateCodec;
import io.doundo.orchestrator.streams.state.FlowStores;
import io.doundo.orchestrator.streams.state.FlowStub;
import io.doundo.orchestrator.streams.state.FlowValue;
import io.doundo.orchestrator.streams.state.HeldStep;
import io.doundo.orchestrator.streams.state.NewerSchemaException;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.orchestrator.streams.state.StoredRow;
import io.doundo.orchestrator.streams.state.Timers;
import io.doundo.orchestrator.streams.state.UnreadableValueException;
import io.doundo.orchestrator.streams.task.breaker.BreakerMachines;
import io.doundo.orchestrator.streams.task.schedule.RunReports;
import io.doundo.orchestrator.streams.task.schedule.ScheduleMachines;
import io.doundo.protocol.BreakerCommand;
import io.doundo.protocol.ScheduleCommand;
import io.doundo.protocol.StartEvent;
import io.doundo.protocol.json.RawJson;
import io.doundo.protocol.json.StartDigest;
import java.time.Duration;
import java.util.Objects;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives every event the flow it is about: live, to begin, ended and to be recalled, or not known
 * yet. Computes only; writes go into the plan. Not thread-safe.
 */
final class FlowUpdates implements InputRouter.Destination {

  private static final Logger LOG = LoggerFactory.getLogger(FlowUpdates.class);

  private final FlowStores stores;
  private final TaskDefinitions definitions;
  private final Decisions decisions;
  private final HoldQueue holdQueue;
  private final DeadLetters deadLetters;
  private final UndefinedStarts undefined;
  private final FlowOpener opener;
  private final EndedFlows ended;
  private final ScheduleMachines schedules;
  private final BreakerMachines breakers;
  private final Clock clock;

  /** The orchestrator's clock, ms since the epoch. */
  interface Clock {
    long now();
  }

  FlowUpdates(
      FlowStores stores,
      Timers timers,
      ArchiveRequests archiveRequests,
      TaskDefinitions definitions,
      Decisions decisions,
      FlowWriter writer,
      HoldQueue holdQueue,
      DeadLetters deadLetters,
      ScheduleMachines schedules,
      BreakerMachines breakers,
      Duration repairWindow,
      Clock clock) {
    this.stores = stores;
    this.definitions = definitions;
    this.decisions = decisions;
    this.holdQueue = holdQueue;
    this.deadLetters = deadLetters;
    this.undefined = new UndefinedStarts(stores);
    this.opener = new FlowOpener(stores, definitions, decisions, writer, undefined, clock);
    this.ended =
        new EndedFlows(
            stores,
            timers,
            archiveRequests,
            opener,
            decisions,
            holdQueue,
            deadLetters,
            repairWindow,
            clock);
    this.schedules = schedules;
    this.breakers = breakers;
    this.clock = clock;
  }

  @Override
  public void onStart(
      InputRecord record,
      StartEvent event,
      String flowId,
      boolean named,
      @Nullable String requestedBy,
      Plan plan) {
    StoredRow row = stores.row(flowId);
    boolean live = row.isFlow();
    FlowStub stub = !live && named ? stores.stub(flowId) : null;
    if (stub != null && !mayBegin(flowId, stub, event, record, plan)) {
      return;
    }
    FlowUpdate update = live ? opener.live(row, plan) : opener.beginning(flowId, plan);
    update.causedAt(record.appendedAt());
    update.supersedes(stub);
    FlowState running = update.state();
    String refusal =
        live ? null : definitions.refusal(event.orchestrationName(), record.appendedAt());
    if (!live && refusal == null) {
      FlowOpener.define(
          update,
          definitions.choose(event.orchestrationName(), record.appendedAt()),
          event.payload().bytes());
    }
    FlowStarted started =
        new FlowStarted(
            update.now(),
            flowId,
            record.incarnation(),
            event.orchestrationName(),
            update.add(event.payload()),
            digest(running == null ? null : running.origin().digest(), event),
            event.initiator(),
            event.headers() == null ? null : update.add(event.headers()),
            refusal,
            null,
            requestedBy);
    decisions.apply(update, started, record);
    undefined.taken(record, update, plan);
    if (running != null && record.source() == InputSource.SCHEDULE_START) {
      tellRefused(event, flowId, running.origin().initiator(), plan);
    }
    byte[] held = row.held();
    if (held != null) {
      holdQueue.release(HeldRecords.decode(held), update, decisions, plan);
    }
    opener.seal(update, plan);
  }

  /** A run whose flowId a flow of somebody else has does not start. */
  private static void tellRefused(
      StartEvent event, String flowId, @Nullable String initiator, Plan plan) {
    ScheduleName name = ScheduleKey.ofInitiator(event.initiator());
    if (name != null && !Objects.equals(initiator, event.initiator())) {
      plan.send(RunReports.refused(name, flowId, "the flowId is that of another flow"));
    }
  }

  @Override
  public void onSchedule(InputRecord record, ScheduleCommand command, Plan plan) {
    String controlId = command.controlId();
    boolean isKnown =
        schedules.asked(command, controlId == null ? record.placeDigest() : controlId, plan);
    if (!isKnown) {
      plan.send(
          deadLetters.of(
              record,
              "there is no schedule %s/%s".formatted(command.orchestration(), command.trigger())));
    }
  }

  @Override
  public void onBreaker(InputRecord record, BreakerCommand command, Plan plan) {
    String controlId = command.controlId();
    String problem =
        breakers.asked(command, controlId == null ? record.placeDigest() : controlId, plan);
    if (problem != null) {
      plan.send(deadLetters.of(record, problem));
    }
  }

  @Override
  public void onMessage(Message message, Plan plan) {
    onMessage(message, stores.row(message.flowId()), plan);
  }

  private void onMessage(Message message, StoredRow row, Plan plan) {
    if (message.record().source() == InputSource.SCHEDULE_QUESTION) {
      answerQuestion(message, row, plan);
      return;
    }
    if (row.isFlow()) {
      FlowUpdate update = opener.live(row, plan);
      update.causedAt(message.record().appendedAt());
      decisions.apply(update, message.eventFor(update), message.record());
      if (message.record().source() == InputSource.SCHEDULE_CONTROL) {
        answerSchedule(update, message, plan);
      }
      opener.seal(update, plan);
      return;
    }
    FlowStub stub = stores.stub(message.flowId());
    if (stub == null) {
      holdQueue.hold(message, row.held(), clock.now(), plan);
    } else {
      ended.onMessage(message, stub, row.held(), plan);
    }
  }

  /** Another flow tells something: its part begins, or it is about a part or a parent. */
  void onTold(FlowMessages.Incoming message, Plan plan) {
    if (message.told().message() instanceof FlowMessage.Begin begin) {
      onBegin(message, begin, plan);
      return;
    }
    String flowId = message.flowId();
    StoredRow row = stores.row(flowId);
    FlowStub stub = row.isFlow() ? null : stores.stub(flowId);
    if (row.isFlow() || stub != null) {
      onMessage(message, row, plan);
    } else {
      // It was written after the flow was, so the flow does not exist any more.
      holdQueue.answerForNobody(message, decisions, clock.now(), plan);
    }
  }

  /** A parent begins a part. The same message again changes nothing. */
  private void onBegin(FlowMessages.Incoming message, FlowMessage.Begin begin, Plan plan) {
    String flowId = message.flowId();
    byte[] row = stores.flows().get(flowId);
    boolean isLive = row != null && FlowValue.isFlow(row);
    if (row != null && isLive) {
      if (!FlowStateCodec.decodeHead(row).incarnation().equals(begin.incarnation())) {
        FlowReplies.refuse(
            begin, "flowId " + flowId + " is in use by a flow that is no part", plan);
      }
      return;
    }
    FlowStub stub = stores.stub(flowId);
    if (stub != null && stub.incarnation().equals(begin.incarnation())) {
      return;
    }
    FlowUpdate update = opener.beginning(flowId, plan);
    update.causedAt(message.record().appendedAt());
    update.supersedes(stub);
    Orchestration definition = definitions.of(begin.part());
    FlowEvent started = message.eventFor(update);
    if (definition != null) {
      FlowOpener.define(update, definition, update.bytesOf(begin.input().merged().get(0)));
    }
    decisions.apply(update, started, message.record());
    if (row != null) {
      holdQueue.release(HeldRecords.decode(row), update, decisions, plan);
    }
    opener.seal(update, plan);
  }

  /** A schedule asks how its run stands. A start that is still held for its flow answers later. */
  private void answerQuestion(Message message, StoredRow row, Plan plan) {
    ScheduleName name =
        message instanceof ControlMessage control
            ? ScheduleKey.ofInitiator(control.command().requestedBy())
            : null;
    FlowStub stub = row.isEmpty() ? stores.stub(message.flowId()) : null;
    if (name == null) {
      plan.send(deadLetters.of(message.record(), "no schedule asks this"));
    } else if (row.isFlow()) {
      plan.send(RunReports.standing(name, row.flow().state()));
    } else if (stub != null) {
      plan.send(RunReports.ended(name, message.flowId(), stub));
    } else if (row.isEmpty()) {
      plan.send(RunReports.gone(name, message.flowId()));
    }
  }

  private static void answerSchedule(FlowUpdate update, Message message, Plan plan) {
    String controlId =
        message instanceof ControlMessage control ? control.command().controlId() : null;
    OutputRecord answer =
        controlId == null ? null : RunReports.answered(controlId, update.requireState());
    if (answer != null) {
      plan.send(answer);
    }
  }

  /** The archive has answered. */
  void onRecalled(ArchiveRequests.ArchiveAnswer answer, Plan plan) {
    ended.onRecalled(answer, plan);
  }

  /** Dead-letters the records held for this flow. */
  void onUnrecallable(String flowId, String reason, Plan plan) {
    ended.onUnrecallable(flowId, reason, plan);
  }

  /**
   * A turn that can be read is committed. One of an earlier flow with this flowId belongs to no
   * flow.
   *
   * @param appendedAt when the turn was sent, ms since the epoch
   */
  void onTurn(String flowId, RekeyCodec.Turn committed, long appendedAt, Plan plan) {
    StoredRow row = stores.row(flowId);
    if (!row.isFlow()) {
      return;
    }
    FlowUpdate update = opener.live(row, plan);
    if (update.requireState().incarnation().equals(committed.incarnation())) {
      update.causedAt(appendedAt);
      long waited = update.now() - appendedAt;
      decisions.apply(update, new TurnCommitted(update.now(), committed.number()), null);
      plan.write(() -> decisions.turnRead(waited));
      opener.seal(update, plan);
    }
  }

  /**
   * A breaker lets the held command of a step through. Nothing for a flow that is not there.
   *
   * @return whether the breaker is tried with it; a flow that is paused or faulted sends nothing
   */
  boolean onHoldEnded(HeldStep step, Plan plan) {
    StoredRow row = stores.row(step.flowId());
    if (!row.isFlow()) {
      return false;
    }
    FlowUpdate update = opener.live(row, plan);
    decisions.apply(update, new HoldEnded(update.now(), step.step()), null);
    opener.seal(update, plan);
    Orchestration definition = update.definition();
    int index = definition == null ? -1 : definition.indexOf(step.step());
    if (index < 0) {
      return false;
    }
    StepState after = update.requireState().steps().get(index);
    return after.outside().openAttempt() > 0
        || after.status() == StepStatus.ARMED
        || after.status() == StepStatus.HELD;
  }

  /**
   * The engine fails on this flow again and again: an operator has to see it. Uses as little of the
   * flow as possible: first the decider, then its state only; a state that cannot be read either
   * becomes a dead letter, and stays where it is.
   *
   * @param told what another flow has told, if the engine fails on that; else null
   * @return whether the flow is parked, and so has told its parent
   */
  boolean onFault(
      String flowId, RuntimeException cause, FlowMessageCodec.@Nullable Told told, Plan plan) {
    byte[] row = stores.flows().get(flowId);
    if (row == null) {
      return false;
    }
    String error = FlowReplies.shortened(cause);
    if (!FlowValue.isFlow(row)) {
      ended.giveUp(
          flowId, HeldRecords.decode(row), "internal error while processing it: " + error, plan);
      return false;
    }
    StoredFlow flow;
    try {
      flow = FlowStateCodec.decode(row);
    } catch (UnreadableValueException e) {
      plan.send(deadLetters.ofState(flowId, row, "the state of flow " + flowId + ": " + error));
      return false;
    }
    Plan parked = new Plan();
    try {
      fault(opener.open(flow, FlowUpdate.FoundIn.LIVE, parked), error, told, parked);
    } catch (KafkaException | NewerSchemaException e) {
      throw e;
    } catch (RuntimeException e) {
      FlowLog.about(
          flowId,
          flow.state().incarnation(),
          null,
          () -> LOG.error("flow {} is parked without its definition", flowId, e));
      parked = new Plan();
      fault(opener.withoutDefinition(flow, parked), error, told, parked);
    }
    plan.add(parked);
    return !flow.state().status().isTerminal();
  }

  private void fault(
      FlowUpdate update, String error, FlowMessageCodec.@Nullable Told told, Plan plan) {
    long timer = update.requireState().times().wakeAt();
    EngineFailed failed = new EngineFailed(update.now(), error);
    if (told != null && told.message() instanceof FlowMessage.Moved moved) {
      told.contents().values().forEach(bytes -> update.add(RawJson.trusted(bytes)));
      failed = EngineFailed.onMoved(update.now(), error, moved);
    }
    decisions.apply(update, failed, undefined.of(update));
    if (timer > 0
        && update.requireState().times().wakeAt() == 0
        && !update.timersCleared().contains(timer)) {
      update.clearTimer(timer);
    }
    opener.seal(update, plan);
  }

  /** The trace of a live flow, for log lines; null when there is none, or it cannot be read. */
  @Nullable String traceIdOf(String flowId) {
    byte[] row = stores.flows().get(flowId);
    if (row == null || !FlowValue.isFlow(row)) {
      return null;
    }
    try {
      return FlowStateCodec.decodeHead(row).incarnation();
    } catch (UnreadableValueException | NewerSchemaException e) {
      LOG.debug("flow {} cannot be read, and so has no trace", flowId, e);
      return null;
    }
  }

  /**
   * @param at up to when everything is due, ms since the epoch
   */
  void onTimer(Timers.Timer timer, long at, Plan plan) {
    StoredRow row = stores.row(timer.flowId());
    if (!row.isFlow()) {
      ended.onHeldTimer(timer, row.held(), plan);
      return;
    }
    FlowUpdate update = opener.live(row, plan);
    update.causedAt(timer.at());
    if (update.requireState().times().wakeAt() == timer.at()) {
      decisions.apply(update, opener.dueEvent(update, at), undefined.of(update));
    }
    if (update.requireState().times().wakeAt() != timer.at()) {
      update.clearTimer(timer.at());
    }
    opener.seal(update, plan);
  }

  /** Whether a start may use this flowId, as far as ended flows are concerned. */
  private boolean mayBegin(
      String flowId, FlowStub stub, StartEvent event, InputRecord record, Plan plan) {
    StartRule rule =
        StartRule.of(stub.status(), stub.startDigest(), digest(stub.startDigest(), event));
    if (record.source() == InputSource.SCHEDULE_START && rule != StartRule.BEGIN) {
      tellRefused(event, flowId, null, plan);
    }
    if (rule == StartRule.CONFLICT) {
      plan.send(
          deadLetters.of(
              record,
              "flowId %s was already used by a flow with other content that ended as %s"
                  .formatted(flowId, stub.status())));
    }
    return rule == StartRule.BEGIN;
  }

  /**
   * The digest of a start.
   *
   * @param kept that of the flow which has the flowId, or null; the start has the very same when it
   *     has the same content
   */
  private static String digest(@Nullable String kept, StartEvent event) {
    boolean same =
        kept != null && StartDigest.isOf(kept, event.orchestrationName(), event.payload());
    return kept != null && same ? kept : StartDigest.of(event.orchestrationName(), event.payload());
  }
}

package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.core.effect.FlowMessage;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.DefinitionFound;
import io.doundo.orchestrator.core.event.FlowEvent.EngineFailed;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.HoldEnded;
import io.doundo.orchestrator.core.event.FlowEvent.TimeReached;
import io.doundo.orchestrator.core.event.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.event.StartRule;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.PartStatus;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.parts.PartLink;
import io.doundo.orchestrator.definition.DefinitionId;
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
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.ScheduleCommand;
import io.doundo.protocol.StartEvent;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.RawJson;
import io.doundo.protocol.json.StartDigest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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

  /** The first pause before the archive is queried again for a flow that it has not returned. */
  private static final long ASK_AGAIN_MS = 1_000;

  private static final long LONGEST_ASK_AGAIN_MS = 30_000;

  /** The maximum length of an exception's text, in characters. */
  private static final int LONGEST_ERROR = 500;

  private static final Logger LOG = LoggerFactory.getLogger(FlowUpdates.class);

  private final FlowStores stores;
  private final Timers timers;
  private final ArchiveRequests archiveRequests;
  private final TaskDefinitions definitions;
  private final Decisions decisions;
  private final FlowWriter writer;
  private final HoldQueue holdQueue;
  private final DeadLetters deadLetters;
  private final UndefinedStarts undefined;
  private final ScheduleMachines schedules;
  private final BreakerMachines breakers;
  private final Duration repairWindow;
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
    this.timers = timers;
    this.archiveRequests = archiveRequests;
    this.definitions = definitions;
    this.decisions = decisions;
    this.writer = writer;
    this.holdQueue = holdQueue;
    this.deadLetters = deadLetters;
    this.undefined = new UndefinedStarts(stores);
    this.schedules = schedules;
    this.breakers = breakers;
    this.repairWindow = repairWindow;
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
    FlowUpdate update =
        live ? liveUpdate(row, plan) : FlowUpdate.beginning(flowId, clock.now(), stores, plan);
    update.causedAt(record.appendedAt());
    update.supersedes(stub);
    FlowState running = update.state();
    String refusal =
        live ? null : definitions.refusal(event.orchestrationName(), record.appendedAt());
    if (!live && refusal == null) {
      define(update, definitions.choose(event.orchestrationName(), record.appendedAt()), event);
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
    seal(update, plan);
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
      FlowUpdate update = liveUpdate(row, plan);
      update.causedAt(message.record().appendedAt());
      decisions.apply(update, message.eventFor(update), message.record());
      if (message.record().source() == InputSource.SCHEDULE_CONTROL) {
        answerSchedule(update, message, plan);
      }
      seal(update, plan);
      return;
    }
    FlowStub stub = stores.stub(message.flowId());
    if (stub == null) {
      holdQueue.hold(message, row.held(), clock.now(), plan);
    } else if (!(message instanceof FlowMessages.Incoming)
        && message.record().appendedAt() > latest(message, stub)) {
      plan.send(deadLetters.of(message.record(), tooLate(message, stub)));
    } else {
      holdQueue.holdForRecall(message, row.held(), clock.now() + ASK_AGAIN_MS, plan);
      plan.write(() -> archiveRequests.ask(message.flowId(), stub));
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
        refuse(begin, "flowId " + flowId + " is in use by a flow that is no part", plan);
      }
      return;
    }
    FlowStub stub = stores.stub(flowId);
    if (stub != null && stub.incarnation().equals(begin.incarnation())) {
      return;
    }
    FlowUpdate update = FlowUpdate.beginning(flowId, clock.now(), stores, plan);
    update.causedAt(message.record().appendedAt());
    update.supersedes(stub);
    Orchestration definition = definitions.of(begin.part());
    FlowEvent started = message.eventFor(update);
    if (definition != null) {
      define(update, definition, update.bytesOf(begin.input().merged().get(0)));
    }
    decisions.apply(update, started, message.record());
    if (row != null) {
      holdQueue.release(HeldRecords.decode(row), update, decisions, plan);
    }
    seal(update, plan);
  }

  /** The part cannot begin; its parent hears that it has no effect. */
  void refuse(FlowMessage.Begin begin, String why, Plan plan) {
    FlowMessage.Moved refusal =
        new FlowMessage.Moved(
            begin.part().link(),
            0,
            PartStatus.REJECTED,
            false,
            false,
            FlowMessage.Moved.NOT_TOLD,
            null,
            why.length() <= LONGEST_ERROR ? why : why.substring(0, LONGEST_ERROR) + "…",
            List.of(),
            List.of(),
            List.of());
    RekeyCodec.MessageRecord record =
        new RekeyCodec.MessageRecord(new FlowMessageCodec.Told(refusal, Map.of()));
    plan.send(OutputRecord.of(Topics.REKEY, begin.part().link().flowId(), record.encode()));
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

  /**
   * The engine has failed on what a parent asked of a part that is not parked for it: the parent
   * hears that the part cannot be reached, so that an operator sees it and can have it asked again.
   */
  void answerUnreachable(
      PartLink link, List<Signal> handed, Map<String, byte[]> contents, String why, Plan plan) {
    answer(link, PartStatus.LOST, handed, contents, why, plan);
  }

  /**
   * The engine has failed on a signal that a parent has handed to a part, and the part is parked
   * for it: the parent keeps the signal until the part goes on and says that it waits for it.
   */
  void giveBack(FlowMessage.Handed handed, Map<String, byte[]> contents, Plan plan) {
    answer(handed.link(), PartStatus.PARKED, List.of(handed.signal()), contents, "", plan);
  }

  private static void answer(
      PartLink link,
      PartStatus status,
      List<Signal> handed,
      Map<String, byte[]> contents,
      String why,
      Plan plan) {
    FlowMessage.Moved answer =
        new FlowMessage.Moved(
            link,
            0,
            status,
            true,
            false,
            FlowMessage.Moved.NOT_TOLD,
            null,
            why.length() <= LONGEST_ERROR ? why : why.substring(0, LONGEST_ERROR) + "…",
            List.of(),
            handed,
            List.of());
    RekeyCodec.MessageRecord record =
        new RekeyCodec.MessageRecord(new FlowMessageCodec.Told(answer, contents));
    plan.send(OutputRecord.of(Topics.REKEY, link.flowId(), record.encode()));
  }

  private String tooLate(Message message, FlowStub stub) {
    if (message instanceof ControlMessage control) {
      boolean isSignal = control.command().action() == ControlAction.SIGNAL;
      return isSignal ? stub.waitsForNothing() : stub.undoWindowOver();
    }
    return stub.repairWindowOver(repairWindow);
  }

  /** Until when an ended flow is called back for a message, ms since the epoch. */
  private long latest(Message message, FlowStub stub) {
    long repairable = stub.repairableUntil(repairWindow);
    // The flow itself refuses a request that comes too late for it, and says so in its log.
    return message.record().source().kind() == InputSource.RecordKind.CONTROL
        ? Math.max(stub.undoableUntil(), repairable)
        : repairable;
  }

  /** The archive has answered: records held for the flow are processed as if it had not ended. */
  void onRecalled(ArchiveRequests.ArchiveAnswer answer, Plan plan) {
    String flowId = answer.flowId();
    byte[] row = stores.flows().get(flowId);
    FlowStub stub = stores.stub(flowId);
    if (row == null || FlowValue.isFlow(row) || stub == null) {
      // A new life of the flowId has taken what was held, or the timer gives it up.
      return;
    }
    StoredFlow archived = answer.flow();
    if (!stub.equals(answer.stub())) {
      plan.write(() -> archiveRequests.ask(flowId, stub));
    } else if (archived == null) {
      String reason = "flow " + flowId + " has ended and has expired from the archive";
      giveUp(flowId, HeldRecords.decode(row), reason, plan);
    } else {
      FlowUpdate update = update(archived, FlowUpdate.FoundIn.ARCHIVED, plan);
      update.supersedes(stub);
      holdQueue.release(HeldRecords.decode(row), update, decisions, plan);
      seal(update, plan);
    }
  }

  /** Dead-letters the records held for this flow. */
  void onUnrecallable(String flowId, String reason, Plan plan) {
    byte[] row = stores.flows().get(flowId);
    if (row != null && !FlowValue.isFlow(row)) {
      giveUp(flowId, HeldRecords.decode(row), reason, plan);
    }
  }

  private void giveUp(String flowId, HeldRecords held, String reason, Plan plan) {
    holdQueue.giveUp(flowId, held, reason, decisions, clock.now(), plan);
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
    FlowUpdate update = liveUpdate(row, plan);
    if (update.requireState().incarnation().equals(committed.incarnation())) {
      update.causedAt(appendedAt);
      long waited = update.now() - appendedAt;
      decisions.apply(update, new TurnCommitted(update.now(), committed.number()), null);
      plan.write(() -> decisions.turnRead(waited));
      seal(update, plan);
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
    FlowUpdate update = liveUpdate(row, plan);
    decisions.apply(update, new HoldEnded(update.now(), step.step()), null);
    seal(update, plan);
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
    String error = shortened(cause);
    if (!FlowValue.isFlow(row)) {
      giveUp(flowId, HeldRecords.decode(row), "internal error while processing it: " + error, plan);
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
      fault(update(flow, FlowUpdate.FoundIn.LIVE, parked), error, told, parked);
    } catch (KafkaException | NewerSchemaException e) {
      throw e;
    } catch (RuntimeException e) {
      FlowLog.about(
          flowId,
          flow.state().incarnation(),
          null,
          () -> LOG.error("flow {} is parked without its definition", flowId, e));
      parked = new Plan();
      fault(
          FlowUpdate.of(flow, FlowUpdate.FoundIn.LIVE, clock.now(), stores, parked),
          error,
          told,
          parked);
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
    seal(update, plan);
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

  private static String shortened(RuntimeException cause) {
    String text = cause.toString();
    return text.length() <= LONGEST_ERROR ? text : text.substring(0, LONGEST_ERROR) + "…";
  }

  /**
   * @param at up to when everything is due, ms since the epoch
   */
  void onTimer(Timers.Timer timer, long at, Plan plan) {
    StoredRow row = stores.row(timer.flowId());
    if (!row.isFlow()) {
      onHeldTimer(timer, row.held(), plan);
      return;
    }
    FlowUpdate update = liveUpdate(row, plan);
    update.causedAt(timer.at());
    if (update.requireState().times().wakeAt() == timer.at()) {
      decisions.apply(update, dueEvent(update, at), undefined.of(update));
    }
    if (update.requireState().times().wakeAt() != timer.at()) {
      update.clearTimer(timer.at());
    }
    seal(update, plan);
  }

  private void onHeldTimer(Timers.Timer timer, byte @Nullable [] row, Plan plan) {
    String flowId = timer.flowId();
    HeldRecords held = HoldQueue.heldUntil(timer, row);
    if (held == null) {
      plan.write(() -> timers.clear(timer));
      return;
    }
    FlowStub stub = stores.stub(flowId);
    if (stub == null) {
      holdQueue.expire(flowId, held, decisions, clock.now(), plan);
    } else {
      // Not answered yet, or asked for by a task that was closed since.
      long now = clock.now();
      holdQueue.postpone(flowId, held, now + untilAskedAgain(held, now), plan);
      plan.write(() -> archiveRequests.ask(flowId, stub));
    }
  }

  /** Doubles the time waited so far, so that a slow broker is queried less and less often. */
  private static long untilAskedAgain(HeldRecords held, long now) {
    long waited = held.records().isEmpty() ? 0 : now - held.records().get(0).appendedAt();
    return Math.max(ASK_AGAIN_MS, Math.min(waited, LONGEST_ASK_AGAIN_MS));
  }

  private FlowEvent dueEvent(FlowUpdate update, long at) {
    FlowState state = update.requireState();
    if (state.status() != FlowStatus.WAITING) {
      return new TimeReached(at);
    }
    String refusal =
        state.origin().partOf() == null
            ? definitions.refusal(state.orchestrationName(), appendedAt(update))
            : null;
    return refusal != null || update.definition() != null
        ? new DefinitionFound(at, refusal)
        : new TimeReached(at);
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

  private FlowUpdate liveUpdate(StoredRow row, Plan plan) {
    return update(row.flow(), FlowUpdate.FoundIn.LIVE, plan);
  }

  private FlowUpdate update(StoredFlow flow, FlowUpdate.FoundIn found, Plan plan) {
    FlowUpdate update = FlowUpdate.of(flow, found, clock.now(), stores, plan);
    FlowState state = flow.state();
    DefinitionId id = state.definition();
    if (state.status() == FlowStatus.WAITING) {
      // Whatever comes may be the answer to a command of a transaction that had found the
      // definition and was aborted.
      Orchestration registered = awaited(update, state);
      define(update, registered, update.bytesOf(state.origin().payload()));
      if (registered != null && registered.contract().payload() != null) {
        // Before anything else happens to the flow, its payload must be accepted.
        decisions.apply(update, new DefinitionFound(update.now()), undefined.of(update));
      }
    } else if (id == null && state.status() == FlowStatus.REJECTED) {
      // What comes may be the answer to a command of such a transaction as well.
      update.runsOn(awaited(update, state));
    } else {
      update.runsOn(id == null ? null : definitions.of(id, state.origin().partOf()));
    }
    return update;
  }

  /** The definition that a flow waits for; null when it is not there yet. */
  private @Nullable Orchestration awaited(FlowUpdate update, FlowState state) {
    if (state.origin().partOf() != null) {
      return definitions.of(state.origin().partOf());
    }
    long appendedAt = appendedAt(update);
    String name = state.orchestrationName();
    return definitions.refusal(name, appendedAt) == null
        ? definitions.choose(name, appendedAt)
        : null;
  }

  /** When the flow's start was appended: by the broker's clock, like the definitions. */
  private long appendedAt(FlowUpdate holdQueue) {
    InputRecord start = undefined.of(holdQueue);
    return start == null ? holdQueue.requireState().origin().startedAt() : start.appendedAt();
  }

  private static void define(
      FlowUpdate update, @Nullable Orchestration definition, StartEvent event) {
    define(update, definition, event.payload().bytes());
  }

  private static void define(
      FlowUpdate update, @Nullable Orchestration definition, byte[] payload) {
    update.runsOn(definition);
    if (definition != null) {
      update.foundBy(SearchValue.of(definition.searchKey(), payload));
    }
  }

  private void seal(FlowUpdate update, Plan plan) {
    Orchestration definition = update.definition();
    if (definition != null) {
      definitions.keep(definition, plan);
    }
    undefined.settled(update, plan);
    StoredFlow before = update.before();
    OutputRecord report =
        RunReports.moved(before == null ? null : before.state(), update.requireState());
    if (report != null) {
      plan.send(report);
    }
    writer.seal(update, plan);
  }
}

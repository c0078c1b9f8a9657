package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.breaker.stored.BreakerKey;
import io.doundo.orchestrator.core.FlowDecider;
import io.doundo.orchestrator.core.effect.FlowMessage;
import io.doundo.orchestrator.schedule.stored.ScheduleKey;
import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.TopicCatalog;
import io.doundo.orchestrator.streams.record.AuditLog;
import io.doundo.orchestrator.streams.record.DeadLetters;
import io.doundo.orchestrator.streams.record.InputRecord;
import io.doundo.orchestrator.streams.record.InputSource;
import io.doundo.orchestrator.streams.record.OutputRecord;
import io.doundo.orchestrator.streams.record.Partitions;
import io.doundo.orchestrator.streams.record.RekeyCodec;
import io.doundo.orchestrator.streams.state.Archive;
import io.doundo.orchestrator.streams.state.FlowMessageCodec;
import io.doundo.orchestrator.streams.state.FlowStores;
import io.doundo.orchestrator.streams.state.HeldStep;
import io.doundo.orchestrator.streams.state.NewerSchemaException;
import io.doundo.orchestrator.streams.state.StoreNames;
import io.doundo.orchestrator.streams.state.Timers;
import io.doundo.orchestrator.streams.state.UnreadableValueException;
import io.doundo.orchestrator.streams.task.breaker.BreakerMachines;
import io.doundo.orchestrator.streams.task.breaker.SharedBreakers;
import io.doundo.orchestrator.streams.task.breaker.TaskBreakers;
import io.doundo.orchestrator.streams.task.meter.EngineMeters;
import io.doundo.orchestrator.streams.task.schedule.ScheduleMachines;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.Utf8;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The working parts of one task, put together over its stores: routes records by their topic, and
 * fires timers behind the answers. Used by the task's thread only.
 */
final class FlowTask {

  private static final Logger LOG = LoggerFactory.getLogger(FlowTask.class);

  /** The limit of one punctuation, so that a transaction never outlives its timeout. */
  private static final int TIMERS_AT_ONCE = 1_000;

  private static final int RECALLED_AT_ONCE = 100;

  private static final int LET_THROUGH_AT_ONCE = 200;

  private static final long LONGEST_FIRING_NANOS = 50_000_000;

  /** All tasks together, if one instance has them all, use this share of the heap: 1/16. */
  private static final int SHARE_OF_DECODED = 16;

  /** The pause before a failed timer is retried; then its flow is parked. */
  private static final List<Long> TRIED_AGAIN_AFTER_MS = List.of(1_000L, 10_000L);

  /** The pause before the failed timer of a schedule or a breaker is retried. */
  private static final long SCHEDULE_TRIED_AGAIN_AFTER_MS = 60_000;

  private final ProcessorContext<byte[], OutputRecord> context;
  private final TimerWatermark watermark;
  private final Timers timers;
  private final ArchiveRequests archiveRequests;
  private final InputRouter router;
  private final FlowUpdates updates;
  private final ScheduleMachines schedules;
  private final BreakerMachines breakers;
  private final TaskBreakers behind;
  private final ParkedFlows parked;
  private final DeadLetters deadLetters;
  private final EngineMeters meters;
  private final EngineMeters.OfTask figures;
  private final Map<Timers.Timer, Integer> failed = new HashMap<>();

  FlowTask(
      EngineSettings settings,
      TopicCatalog topics,
      ConsumerProgress progress,
      Archive archive,
      EngineMeters meters,
      ProcessorContext<byte[], OutputRecord> context) {
    this.context = context;
    this.meters = meters;
    int partition = context.taskId().partition();
    this.figures = meters.opened(partition);
    this.watermark =
        new TimerWatermark(
            Stream.concat(
                    InputSource.OF_TASKS.stream().map(InputSource::topic), Stream.of(Topics.REKEY))
                .map(topic -> new TopicPartition(topic, partition))
                .toList(),
            progress,
            System::nanoTime,
            context.currentStreamTimeMs());
    FlowStores stores = FlowStores.of(context, decodedBytes(settings));
    FirstSegment.ensure(context, stores.stubs());
    this.archiveRequests = new ArchiveRequests(archive, meters);
    this.timers = new Timers(context.getStateStore(StoreNames.TIMERS));
    this.deadLetters = new DeadLetters(settings);
    this.router = new InputRouter(settings, partition, deadLetters);
    TaskDefinitions definitions = new TaskDefinitions(context, settings.breakersOfConnections());
    Evaluator evaluator = new Evaluator(settings, definitions);
    AuditLog audit = settings.audit() ? new AuditLog(settings.maxRecordBytes()) : null;
    SharedBreakers shared = new SharedBreakers(context.getStateStore(StoreNames.BREAKERS));
    this.behind =
        new TaskBreakers(
            stores.flows(),
            shared,
            partition,
            context::currentSystemTimeMs,
            (breaker, held) -> meters.heldSteps(figures, breaker, held));
    Decisions decisions =
        new Decisions(
            new FlowDecider(settings.definitionWait()),
            new Commands(
                topics, settings.maxRecordBytes(), settings.traces(), watermark::readUntil),
            evaluator,
            new FlowMessages(evaluator, settings.maxRecordBytes()),
            behind,
            audit,
            deadLetters,
            meters);
    this.parked =
        new ParkedFlows(
            context.getStateStore(StoreNames.TASK_DEFINITIONS), stores.flows(), figures);
    this.schedules =
        new ScheduleMachines(
            stores.flows(),
            timers,
            audit,
            partition,
            context::currentSystemTimeMs,
            meters::schedule);
    Partitions partitions = new Partitions(settings.partitions());
    this.breakers =
        new BreakerMachines(
            stores.flows(),
            shared,
            timers,
            audit,
            key -> partitions.of(key) == partition,
            context::currentSystemTimeMs);
    this.updates =
        new FlowUpdates(
            stores,
            timers,
            archiveRequests,
            definitions,
            decisions,
            new FlowWriter(settings, stores, timers, watermark, parked, archive),
            new HoldQueue(settings, stores, timers, router, deadLetters, meters),
            deadLetters,
            schedules,
            breakers,
            settings.repairWindow(),
            context::currentSystemTimeMs);
  }

  /** The part of this process's memory that is for the decoded flows of one task, in bytes. */
  private static long decodedBytes(EngineSettings settings) {
    return Runtime.getRuntime().maxMemory() / SHARE_OF_DECODED / settings.partitions();
  }

  /** The task runs no longer here. */
  void close() {
    meters.closed(figures);
  }

  /** The time that a record carries, ms since the epoch. */
  long timestampOf(OutputRecord record) {
    long now = record.timestampAt(context.currentSystemTimeMs());
    // By its time the records of the rekey topic move the time of the tasks that read them.
    return record.topic().equals(Topics.REKEY) ? watermark.borneOut(now) : now;
  }

  void take(InputRecord record, Plan plan) {
    watermark.processed(record.source().topic(), record.offset(), record.appendedAt());
    if (record.source() == InputSource.REKEY) {
      takeRekeyed(record, plan);
    } else {
      router.take(record, false, updates, plan);
    }
  }

  private void takeRekeyed(InputRecord record, Plan plan) {
    byte[] key = record.key();
    byte[] value = record.value();
    String flowId = key == null ? null : Utf8.decode(key);
    RekeyCodec.Rekeyed rekeyed = null;
    String problem = "the key or the value is missing";
    if (flowId != null && value != null) {
      try {
        rekeyed = RekeyCodec.decode(value);
      } catch (UnreadableValueException e) {
        problem = e.getMessage();
      }
    }
    if (flowId == null || rekeyed == null) {
      plan.send(deadLetters.of(record, "not a record the orchestrator wrote: " + problem));
      return;
    }
    rekeyed.accept(new Rekeying(flowId, record, plan));
  }

  /** Fires what is due and not held back by unread answers; some of it, when it is much. */
  void fireTimers(Consumer<OutputRecord> sink) {
    long now = context.currentSystemTimeMs();
    long until = watermark.at(now);
    // Not when the task is made: nothing would commit what is written then.
    parked.keep();
    timers.takeBack(now);
    timers.fire(
        until,
        TIMERS_AT_ONCE,
        LONGEST_FIRING_NANOS,
        System::nanoTime,
        timer -> {
          meters.timerFired(now - timer.at());
          compute(timer, until, now).carryOut(sink);
        });
    figures.setAside(timers.setAside());
  }

  /** Lets held commands through, and tells the breakers what was seen since. */
  void tendBreakers(Consumer<OutputRecord> sink) {
    long until = watermark.at(context.currentSystemTimeMs());
    for (HeldStep step : behind.due(until, LET_THROUGH_AT_ONCE)) {
      letThrough(step).carryOut(sink);
    }
    behind.reports().forEach(sink);
    Plan plan = new Plan();
    try {
      breakers.compare(plan);
    } catch (KafkaException | NewerSchemaException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.error("the breakers of this task could not be compared with their topic", e);
      meters.computationFailed();
      return;
    }
    plan.carryOut(sink);
  }

  private Plan letThrough(HeldStep step) {
    Plan plan = new Plan();
    // First of all: if the command is held again, that is written after it.
    plan.write(() -> behind.unhold(step));
    boolean isTried = false;
    try {
      Plan released = new Plan();
      isTried = updates.onHoldEnded(step, released);
      plan.add(released);
    } catch (KafkaException | NewerSchemaException e) {
      throw e;
    } catch (RuntimeException e) {
      // The flow's own timer sends the command later.
      FlowLog.about(
          step.flowId(),
          updates.traceIdOf(step.flowId()),
          step.step(),
          () ->
              LOG.error(
                  "the held step {} of flow {} could not be let through",
                  step.step(),
                  step.flowId(),
                  e));
      meters.computationFailed();
    }
    if (!isTried) {
      behind.passOver(step);
    }
    return plan;
  }

  /** Goes on with the flows that the archive has given back since; some, when they are many. */
  void takeRecalled(Consumer<OutputRecord> sink) {
    for (int i = 0; i < RECALLED_AT_ONCE; i++) {
      ArchiveRequests.ArchiveAnswer next = archiveRequests.next();
      if (next == null) {
        return;
      }
      compute(next).carryOut(sink);
    }
  }

  private Plan compute(ArchiveRequests.ArchiveAnswer answer) {
    String flowId = answer.flowId();
    Plan plan = new Plan();
    Throwable failure = answer.failure();
    if (failure instanceof NewerSchemaException newer) {
      throw newer;
    }
    if (failure instanceof CancellationException) {
      // The records for the flow stay held, and its timer retries.
      return plan;
    }
    if (failure != null) {
      FlowLog.about(
          flowId,
          answer.stub().incarnation(),
          null,
          () -> LOG.error("flow {} could not be read from the archive", flowId, failure));
      updates.onUnrecallable(flowId, "the archived flow cannot be read: " + failure, plan);
      return plan;
    }
    try {
      updates.onRecalled(answer, plan);
      return plan;
    } catch (KafkaException | NewerSchemaException e) {
      throw e;
    } catch (RuntimeException e) {
      FlowLog.about(
          flowId,
          answer.stub().incarnation(),
          null,
          () -> LOG.error("a record for the ended flow {} could not be processed", flowId, e));
      Plan refusal = new Plan();
      updates.onUnrecallable(flowId, "internal error while processing this record: " + e, refusal);
      return refusal;
    }
  }

  private Plan compute(Timers.Timer timer, long until, long now) {
    Plan plan = new Plan();
    boolean isOfBreaker = BreakerKey.isOne(timer.flowId());
    boolean isOfSchedule = ScheduleKey.isOne(timer.flowId());
    try {
      if (isOfBreaker) {
        breakers.fired(timer, plan);
      } else if (isOfSchedule) {
        schedules.fired(timer, plan);
      } else {
        updates.onTimer(timer, until, plan);
      }
      failed.remove(timer);
      return plan;
    } catch (KafkaException | NewerSchemaException e) {
      throw e;
    } catch (RuntimeException e) {
      FlowLog.about(
          timer.flowId(),
          updates.traceIdOf(timer.flowId()),
          null,
          () -> LOG.error("the timer of flow {} could not be processed", timer.flowId(), e));
      meters.computationFailed();
      if (isOfSchedule || isOfBreaker) {
        // Nobody could take it up by hand: it is tried until a release can decide it.
        timers.setAside(timer, now + SCHEDULE_TRIED_AGAIN_AFTER_MS);
        return new Plan();
      }
      int tries = failed.merge(timer, 1, Integer::sum);
      if (tries <= TRIED_AGAIN_AFTER_MS.size()) {
        timers.setAside(timer, now + TRIED_AGAIN_AFTER_MS.get(tries - 1));
        return new Plan();
      }
      failed.remove(timer);
      return park(timer, e);
    }
  }

  /** The flow needs an operator, and its timer no longer blocks others. */
  private Plan park(Timers.Timer timer, RuntimeException cause) {
    Plan plan = new Plan();
    try {
      updates.onFault(timer.flowId(), cause, null, plan);
    } catch (KafkaException | NewerSchemaException e) {
      throw e;
    } catch (RuntimeException e) {
      FlowLog.about(
          timer.flowId(),
          updates.traceIdOf(timer.flowId()),
          null,
          () ->
              LOG.error(
                  "flow {} could not be parked; it makes no progress until an operator acts on it",
                  timer.flowId(),
                  e));
      meters.computationFailed();
      plan = new Plan();
    }
    plan.write(() -> timers.clear(timer));
    return plan;
  }

  /**
   * The computation for a record failed: it becomes a dead letter, and its flow no longer waits.
   */
  Plan refuse(InputRecord record, RuntimeException cause) {
    Plan plan = new Plan();
    plan.send(deadLetters.of(record, "internal error while processing this record: " + cause));
    String flowId = receiverOf(record);
    if (flowId != null && !isRefused(record, cause, plan)) {
      // Nothing else would ever move a flow that waits for its turn, or for another flow.
      Plan parked = new Plan();
      boolean isParked = false;
      try {
        isParked = updates.onFault(flowId, cause, toldBy(record), parked);
        plan.add(parked);
      } catch (KafkaException | NewerSchemaException e) {
        throw e;
      } catch (RuntimeException e) {
        about(record, () -> LOG.error("flow {} could not be parked", flowId, e));
      }
      if (isParked) {
        giveBack(record, plan);
      } else {
        answerUnreachable(record, cause, plan);
      }
    }
    return plan;
  }

  /** Writes log lines about the flow, and the step, that a record is for. */
  void about(InputRecord record, Runnable lines) {
    String flowId = receiverOf(record);
    String step = null;
    InputSource.RecordKind kind = record.source().kind();
    if (kind == InputSource.RecordKind.ANSWER || kind == InputSource.RecordKind.CONTROL) {
      try {
        Message message = router.decode(record);
        flowId = message.flowId();
        step = message.step();
      } catch (MalformedRecordException e) {
        LOG.debug("record {} names no flow", record.position(), e);
      }
    }
    FlowLog.about(flowId, flowId == null ? null : updates.traceIdOf(flowId), step, lines);
  }

  /** A part that is parked now has told so; the signal that it was handed would be lost. */
  private void giveBack(InputRecord record, Plan plan) {
    FlowMessageCodec.Told told = toldBy(record);
    if (told != null && told.message() instanceof FlowMessage.Handed handed) {
      FlowReplies.giveBack(handed, told.contents(), plan);
    }
  }

  /** Nobody else would tell the flow that has asked a part, or has handed it a signal. */
  private void answerUnreachable(InputRecord record, RuntimeException cause, Plan plan) {
    FlowMessageCodec.Told told = toldBy(record);
    String why = "internal error while processing what was asked: " + cause;
    if (told != null && told.message() instanceof FlowMessage.Asked asked) {
      FlowReplies.answerUnreachable(asked.link(), List.of(), Map.of(), why, plan);
    } else if (told != null && told.message() instanceof FlowMessage.Handed handed) {
      FlowReplies.answerUnreachable(
          handed.link(), List.of(handed.signal()), told.contents(), why, plan);
    }
  }

  private static FlowMessageCodec.@Nullable Told toldBy(InputRecord record) {
    byte[] value = record.value();
    try {
      return value != null && RekeyCodec.decode(value) instanceof RekeyCodec.MessageRecord message
          ? message.told()
          : null;
    } catch (UnreadableValueException e) {
      LOG.debug("record {} cannot be read, and so tells nothing", record.position(), e);
      return null;
    }
  }

  /** The flow that a turn or a message of another flow is for; null for other records. */
  private static @Nullable String receiverOf(InputRecord record) {
    byte[] key = record.key();
    byte[] value = record.value();
    boolean isForFlow =
        record.source() == InputSource.REKEY
            && value != null
            && (RekeyCodec.isTurn(value) || RekeyCodec.isMessage(value));
    return isForFlow && key != null ? Utf8.decode(key) : null;
  }

  /** Whether the record begins a part, whose parent then hears that it could not begin. */
  private boolean isRefused(InputRecord record, RuntimeException cause, Plan plan) {
    FlowMessageCodec.Told told = toldBy(record);
    if (told != null && told.message() instanceof FlowMessage.Begin begin) {
      FlowReplies.refuse(begin, "internal error while beginning the part: " + cause, plan);
      return true;
    }
    return false;
  }

  /** The handling of each kind of rekey record. Every method's result is the plan. */
  private final class Rekeying implements RekeyCodec.Handler<Plan> {

    private final String flowId;
    private final InputRecord record;
    private final Plan plan;

    Rekeying(String flowId, InputRecord record, Plan plan) {
      this.flowId = flowId;
      this.record = record;
      this.plan = plan;
    }

    @Override
    public Plan on(RekeyCodec.Hop hop) {
      if (!hop.record().source().isOfSchedule()) {
        watermark.appended(hop.record().appendedAt());
      }
      router.take(hop.record(), true, updates, plan);
      return plan;
    }

    @Override
    public Plan on(RekeyCodec.Turn turn) {
      updates.onTurn(flowId, turn, record.appendedAt(), plan);
      return plan;
    }

    @Override
    public Plan on(RekeyCodec.MessageRecord message) {
      updates.onTold(
          new FlowMessages.Incoming(record.as(InputSource.TOLD), flowId, message.told()), plan);
      return plan;
    }

    @Override
    public Plan on(RekeyCodec.ToSchedule told) {
      schedules.told(told.message(), plan);
      return plan;
    }

    @Override
    public Plan on(RekeyCodec.ToBreaker told) {
      breakers.told(told.message(), plan);
      return plan;
    }
  }
}

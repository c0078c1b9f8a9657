package io.doundo.orchestrator.streams.task.schedule;

import io.doundo.expression.EvaluationException;
import io.doundo.orchestrator.definition.Schedule;
import io.doundo.orchestrator.evaluation.SchedulePayload;
import io.doundo.orchestrator.schedule.ScheduleDecider;
import io.doundo.orchestrator.schedule.ScheduleDecision;
import io.doundo.orchestrator.schedule.ScheduleEffect;
import io.doundo.orchestrator.schedule.ScheduleEffect.AskRun;
import io.doundo.orchestrator.schedule.ScheduleEffect.CancelRun;
import io.doundo.orchestrator.schedule.ScheduleEffect.Publish;
import io.doundo.orchestrator.schedule.ScheduleEffect.StartRun;
import io.doundo.orchestrator.schedule.ScheduleEntry;
import io.doundo.orchestrator.schedule.ScheduleEvent;
import io.doundo.orchestrator.schedule.ScheduleName;
import io.doundo.orchestrator.schedule.ScheduleState;
import io.doundo.orchestrator.schedule.stored.ScheduleKey;
import io.doundo.orchestrator.schedule.stored.ScheduleMessage;
import io.doundo.orchestrator.schedule.stored.ScheduleStateCodec;
import io.doundo.orchestrator.streams.record.AuditLog;
import io.doundo.orchestrator.streams.record.InputRecord;
import io.doundo.orchestrator.streams.record.InputSource;
import io.doundo.orchestrator.streams.record.OutputRecord;
import io.doundo.orchestrator.streams.record.RekeyCodec;
import io.doundo.orchestrator.streams.state.TaggedState;
import io.doundo.orchestrator.streams.state.Timers;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.ScheduleCommand;
import io.doundo.protocol.ScheduleVerb;
import io.doundo.protocol.StartEvent;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The schedules of one task. Each stands in the flows store under its own key, so it has one owner,
 * and what it decides is committed with the starts that follow from it: a run whose owner dies in
 * between has not started, and the next owner starts it. Computes only; writes go into the plan.
 * Not thread-safe.
 */
public final class ScheduleMachines {

  private final KeyValueStore<String, byte[]> store;
  private final Timers timers;
  private final @Nullable AuditLog audit;
  private final int partition;
  private final Clock clock;
  private final Counting counting;

  /** The orchestrator's clock, ms since the epoch. */
  @FunctionalInterface
  public interface Clock {
    long now();
  }

  /** Counts what happens to schedules, once it is committed. */
  @FunctionalInterface
  public interface Counting {
    void count(ScheduleEntry entry, int blocked);
  }

  /** Takes what is to be done for one record or timer; all of it, or nothing. */
  public interface Sink {
    void write(Runnable write);

    void send(OutputRecord record);
  }

  /**
   * @param store the flows store
   * @param audit null when no audit log is written
   */
  public ScheduleMachines(
      KeyValueStore<String, byte[]> store,
      Timers timers,
      @Nullable AuditLog audit,
      int partition,
      Clock clock,
      Counting counting) {
    this.store = store;
    this.timers = timers;
    this.audit = audit;
    this.partition = partition;
    this.clock = clock;
    this.counting = counting;
  }

  /** The control plane, or a run, tells a schedule something. */
  public void told(ScheduleMessage message, Sink sink) {
    Instant now = now();
    if (message instanceof ScheduleMessage.Declared declared) {
      decide(
          message.name(),
          new ScheduleEvent.Declared(now, declared.schedule(), declared.stopped()),
          sink);
    } else if (message instanceof ScheduleMessage.Moved moved) {
      decide(
          message.name(),
          new ScheduleEvent.RunMoved(
              now,
              moved.flowId(),
              moved.transition(),
              moved.standing(),
              moved.status(),
              moved.reason()),
          sink);
    }
  }

  /**
   * An operator asks for something.
   *
   * @param controlId the request's own, or one that its record's coordinates give
   * @return whether there is such a schedule; nothing is done otherwise
   */
  public boolean asked(ScheduleCommand command, String controlId, Sink sink) {
    ScheduleName name = new ScheduleName(command.orchestration(), command.trigger());
    if (store.get(ScheduleKey.of(name)) == null) {
      return false;
    }
    Instant now = now();
    Schedule schedule = state(name).schedule();
    String payloadProblem =
        command.verb() == ScheduleVerb.TRIGGER && schedule != null
            ? problemOf(schedule, name, now)
            : null;
    decide(
        name,
        new ScheduleEvent.Asked(
            now,
            controlId,
            command.verb(),
            command.reason(),
            command.requestedBy(),
            payloadProblem),
        sink);
    return true;
  }

  /** A timer under the key of a schedule is due. */
  public void fired(Timers.Timer timer, Sink sink) {
    ScheduleState state = state(ScheduleKey.nameIn(timer.flowId()));
    if (!isAt(state.wakesAt(), timer)) {
      sink.write(() -> timers.clear(timer));
      return;
    }
    decide(state.name(), new ScheduleEvent.TimeReached(now()), sink);
  }

  private static boolean isAt(@Nullable Instant wakesAt, Timers.Timer timer) {
    return wakesAt != null && wakesAt.toEpochMilli() == timer.at();
  }

  private Instant now() {
    return Instant.ofEpochMilli(clock.now());
  }

  private ScheduleState state(ScheduleName name) {
    byte[] value = store.get(ScheduleKey.of(name));
    return value == null ? ScheduleState.unknown(name) : TaggedState.SCHEDULE.decode(value);
  }

  private void decide(ScheduleName name, ScheduleEvent event, Sink sink) {
    ScheduleState before = state(name);
    ScheduleState state = before;
    Deque<ScheduleEvent> events = new ArrayDeque<>(List.of(event));
    while (!events.isEmpty()) {
      ScheduleDecision decision = ScheduleDecider.decide(state, events.remove());
      state = decision.next();
      for (ScheduleEffect effect : decision.effects()) {
        carryOut(state, effect, events, sink);
      }
    }
    Instant wakesAt = state.wakesAt();
    if (!state.equals(before)) {
      write(before, state, sink);
    } else if (wakesAt != null && event instanceof ScheduleEvent.Declared) {
      // An instance of an earlier release clears timers that it does not understand.
      Timers.Timer timer = new Timers.Timer(wakesAt.toEpochMilli(), ScheduleKey.of(name));
      sink.write(() -> timers.set(timer));
    }
  }

  private void carryOut(
      ScheduleState state, ScheduleEffect effect, Deque<ScheduleEvent> events, Sink sink) {
    if (effect instanceof StartRun start) {
      String failure = start(state, start, sink);
      if (failure != null) {
        events.add(
            new ScheduleEvent.RunMoved(
                now(), start.flowId(), 1, ScheduleEvent.Standing.ENDED, "REJECTED", failure));
      }
    } else if (effect instanceof CancelRun cancel) {
      cancel(state, cancel, sink);
    } else if (effect instanceof AskRun ask) {
      ask(state, ask, sink);
    } else if (effect instanceof Publish published) {
      ScheduleEntry entry = published.entry();
      if (audit != null) {
        sink.send(audit.record(state.name(), entry));
      }
      int blocked = state.blocked();
      sink.write(() -> counting.count(entry, blocked));
    }
  }

  /** Why the run cannot start; null when its start was sent. */
  private @Nullable String start(ScheduleState state, StartRun start, Sink sink) {
    Schedule schedule = state.schedule();
    if (schedule == null) {
      return "the schedule was withdrawn";
    }
    RawJson payload;
    try {
      payload = payload(schedule, state.name(), start.planned());
    } catch (EvaluationException e) {
      return String.valueOf(e.getMessage());
    }
    StartEvent event =
        new StartEvent(
            state.name().orchestration(),
            start.flowId(),
            payload,
            ScheduleKey.initiator(state.name()));
    send(InputSource.SCHEDULE_START, start.flowId(), start.planned(), event.encode(), sink);
    return null;
  }

  /** Why there is no payload for a run that is due then; null when there is one. */
  private static @Nullable String problemOf(Schedule schedule, ScheduleName name, Instant planned) {
    try {
      RawJson unused = payload(schedule, name, planned);
      return null;
    } catch (EvaluationException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static RawJson payload(Schedule schedule, ScheduleName name, Instant planned)
      throws EvaluationException {
    RawJson payload = SchedulePayload.of(schedule, name.trigger(), planned);
    if (!payload.isObject()) {
      throw new EvaluationException("payload", "must be an object but is " + Json.kind(payload));
    }
    return payload;
  }

  private void cancel(ScheduleState state, CancelRun cancel, Sink sink) {
    ScheduleState.Waiting next = state.waiting();
    Instant waiting = next == null ? null : next.planned();
    ControlCommand command =
        new ControlCommand(
            ScheduleKey.initiator(state.name()) + '/' + waiting,
            cancel.flowId(),
            ControlAction.CANCEL,
            null,
            null,
            null,
            cancel.reason(),
            ScheduleKey.initiator(state.name()));
    Instant place = waiting == null ? now() : waiting;
    send(InputSource.SCHEDULE_CONTROL, cancel.flowId(), place, command.encode(), sink);
  }

  /** The record of a request that nobody carries out: its source says that it is a question. */
  private void ask(ScheduleState state, AskRun ask, Sink sink) {
    ControlCommand command =
        new ControlCommand(
            null,
            ask.flowId(),
            ControlAction.RESUME,
            null,
            null,
            null,
            null,
            ScheduleKey.initiator(state.name()));
    send(InputSource.SCHEDULE_QUESTION, ask.flowId(), now(), command.encode(), sink);
  }

  /** Sends a record to a flow's partition, as if it had been read from another one. */
  private void send(InputSource source, String flowId, Instant place, byte[] value, Sink sink) {
    InputRecord record =
        new InputRecord(
            source,
            partition,
            place.toEpochMilli(),
            clock.now(),
            flowId.getBytes(StandardCharsets.UTF_8),
            List.of(),
            value,
            false);
    sink.send(OutputRecord.of(Topics.REKEY, flowId, new RekeyCodec.Hop(record).encode()));
  }

  private void write(ScheduleState before, ScheduleState after, Sink sink) {
    String key = ScheduleKey.of(after.name());
    byte[] value = after.isGone() ? null : TaggedState.SCHEDULE.encode(after);
    sink.write(
        () -> {
          if (value == null) {
            store.delete(key);
          } else {
            store.put(key, value);
          }
        });
    sink.send(
        OutputRecord.of(
            Topics.SCHEDULES, after.name().toString(), ScheduleStateCodec.encode(after)));
    Instant old = before.wakesAt();
    Instant wakesAt = after.wakesAt();
    if (old != null && !old.equals(wakesAt)) {
      sink.write(() -> timers.clear(new Timers.Timer(old.toEpochMilli(), key)));
    }
    if (wakesAt != null && !wakesAt.equals(old)) {
      sink.write(() -> timers.set(new Timers.Timer(wakesAt.toEpochMilli(), key)));
    }
  }
}

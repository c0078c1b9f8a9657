package io.doundo.orchestrator.streams.task.breaker;

import io.doundo.orchestrator.breaker.BreakerDecider;
import io.doundo.orchestrator.breaker.BreakerDecision;
import io.doundo.orchestrator.breaker.BreakerEntry;
import io.doundo.orchestrator.breaker.BreakerEvent;
import io.doundo.orchestrator.breaker.BreakerEvent.Request;
import io.doundo.orchestrator.breaker.BreakerState;
import io.doundo.orchestrator.breaker.stored.BreakerKey;
import io.doundo.orchestrator.breaker.stored.BreakerMessage;
import io.doundo.orchestrator.breaker.stored.BreakerStateCodec;
import io.doundo.orchestrator.breaker.stored.RequestedChange;
import io.doundo.orchestrator.streams.record.AuditLog;
import io.doundo.orchestrator.streams.record.OutputRecord;
import io.doundo.orchestrator.streams.state.TaggedState;
import io.doundo.orchestrator.streams.state.Timers;
import io.doundo.orchestrator.streams.state.UnreadableValueException;
import io.doundo.protocol.BreakerCommand;
import io.doundo.protocol.Topics;
import java.time.Instant;
import java.util.Arrays;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The breakers that one task owns. Each stands in the flows store under its own key, so it has one
 * owner; what it decides is written to the breakers topic, from which every task reads it. Computes
 * only; writes go into the plan. Not thread-safe.
 */
public final class BreakerMachines {

  private static final Logger LOG = LoggerFactory.getLogger(BreakerMachines.class);

  /** How often the states in the topic are compared with those of the owner: 30 s. */
  private static final long COMPARED_EVERY_MS = 30_000;

  /**
   * How often all states are written again, 5 min: the topic may have been made anew, and other
   * instances may know less than this one.
   */
  private static final long WRITTEN_EVERY_MS = 300_000;

  private final KeyValueStore<String, byte[]> store;
  private final SharedBreakers shared;
  private final Timers timers;
  private final @Nullable AuditLog audit;
  private final Ownership ownership;
  private final Clock clock;
  private long comparedAt;
  private long writtenAt;

  /** The orchestrator's clock, ms since the epoch. */
  @FunctionalInterface
  public interface Clock {
    long now();
  }

  /** Whether the task owns what stands under a key. */
  @FunctionalInterface
  public interface Ownership {
    boolean isOurs(String key);
  }

  /** Takes what is to be done for one record or timer; all of it, or nothing. */
  public interface Sink {
    void write(Runnable write);

    void send(OutputRecord record);
  }

  /**
   * @param store the flows store
   * @param shared the states in the topic
   * @param audit null when no audit log is written
   */
  public BreakerMachines(
      KeyValueStore<String, byte[]> store,
      SharedBreakers shared,
      Timers timers,
      @Nullable AuditLog audit,
      Ownership ownership,
      Clock clock) {
    this.store = store;
    this.shared = shared;
    this.timers = timers;
    this.audit = audit;
    this.ownership = ownership;
    this.clock = clock;
  }

  /** A task reports what it has seen. One without a fault makes no breaker known. */
  public void told(BreakerMessage report, Sink sink) {
    if (report.faults() == 0 && store.get(BreakerKey.of(report.breaker())) == null) {
      return;
    }
    decide(
        report.breaker(),
        new BreakerEvent.Reported(
            now(), report.task(), report.ok(), report.faults(), report.held()),
        sink);
  }

  /**
   * An operator asks for something.
   *
   * @param controlId the request's own, or one that its record's coordinates give
   * @return why nothing is done, because there is no such breaker and the request makes none; null
   *     when the breaker has the request's outcome
   */
  public @Nullable String asked(BreakerCommand command, String controlId, Sink sink) {
    byte[] value = store.get(BreakerKey.of(command.breaker()));
    Request request = RequestedChange.of(command, state(command.breaker()).config());
    boolean makesOne = request instanceof Request.Configure || request instanceof Request.ForceOpen;
    if (value == null && !makesOne) {
      return "there is no breaker " + command.breaker();
    }
    String refusal = BreakerDecider.refusal(request, command.reason(), now());
    if (value == null && refusal != null) {
      // A wrong name must not be kept for ever.
      return refusal;
    }
    decide(
        command.breaker(),
        new BreakerEvent.Asked(now(), controlId, request, command.reason(), command.requestedBy()),
        sink);
    return null;
  }

  /** A timer under the key of a breaker is due. */
  public void fired(Timers.Timer timer, Sink sink) {
    BreakerState state = state(BreakerKey.nameIn(timer.flowId()));
    Instant next = state.next();
    if (next == null || next.toEpochMilli() != timer.at()) {
      sink.write(() -> timers.clear(timer));
      return;
    }
    decide(state.name(), new BreakerEvent.TimeReached(now()), sink);
  }

  /**
   * From time to time, and first of all: a state that the topic has lost is written again, and one
   * that only the topic still has is taken from there, with its timer. Less often, every state is
   * written again.
   */
  public void compare(Sink sink) {
    long now = clock.now();
    if (Math.abs(now - comparedAt) < COMPARED_EVERY_MS) {
      return;
    }
    comparedAt = now;
    boolean all = writtenAt != 0 && Math.abs(now - writtenAt) >= WRITTEN_EVERY_MS;
    if (all || writtenAt == 0) {
      writtenAt = now;
    }
    try (KeyValueIterator<String, byte[]> rows = store.range(BreakerKey.BEGIN, BreakerKey.END)) {
      while (rows.hasNext()) {
        KeyValue<String, byte[]> row = rows.next();
        BreakerState state = readable(row);
        if (state == null) {
          takeFromTopic(row.key, sink);
          continue;
        }
        if (all || !Arrays.equals(BreakerStateCodec.encode(state), shared.bytes(state.name()))) {
          sink.send(publish(state));
        }
        // An instance of an earlier release clears timers that it does not understand.
        setTimer(row.key, state.next(), sink);
      }
    }
    for (BreakerState state : shared.all()) {
      String key = BreakerKey.of(state.name());
      if (ownership.isOurs(key) && store.get(key) == null) {
        take(key, state, sink);
      }
    }
  }

  /** Null for a row that is damaged; one of a newer release fails, so that nothing is lost. */
  private static @Nullable BreakerState readable(KeyValue<String, byte[]> row) {
    try {
      return TaggedState.BREAKER.decode(row.value);
    } catch (UnreadableValueException e) {
      LOG.error("the stored state of breaker {} is unreadable", BreakerKey.nameIn(row.key), e);
      return null;
    }
  }

  private void takeFromTopic(String key, Sink sink) {
    BreakerState state = shared.stored(BreakerKey.nameIn(key));
    if (state != null) {
      take(key, state, sink);
    }
  }

  private void take(String key, BreakerState state, Sink sink) {
    byte[] value = TaggedState.BREAKER.encode(state);
    sink.write(() -> store.put(key, value));
    setTimer(key, state.next(), sink);
  }

  private void setTimer(String key, @Nullable Instant next, Sink sink) {
    if (next != null) {
      Timers.Timer timer = new Timers.Timer(next.toEpochMilli(), key);
      sink.write(() -> timers.set(timer));
    }
  }

  private Instant now() {
    return Instant.ofEpochMilli(clock.now());
  }

  private BreakerState state(String name) {
    byte[] value = store.get(BreakerKey.of(name));
    return value == null ? BreakerState.unknown(name) : TaggedState.BREAKER.decode(value);
  }

  private void decide(String name, BreakerEvent event, Sink sink) {
    BreakerState before = state(name);
    BreakerDecision decision = BreakerDecider.decide(before, event);
    BreakerState after = decision.next();
    if (after.equals(before)) {
      return;
    }
    String key = BreakerKey.of(name);
    byte[] value = TaggedState.BREAKER.encode(after);
    sink.write(() -> store.put(key, value));
    sink.send(publish(after));
    for (BreakerEntry entry : decision.entries()) {
      if (audit != null) {
        sink.send(audit.record(name, entry));
      }
    }
    Instant old = before.next();
    Instant next = after.next();
    if (old != null && !old.equals(next)) {
      sink.write(() -> timers.clear(new Timers.Timer(old.toEpochMilli(), key)));
    }
    if (next != null && !next.equals(old)) {
      setTimer(key, next, sink);
    }
  }

  private static OutputRecord publish(BreakerState state) {
    return OutputRecord.of(Topics.BREAKERS, state.name(), BreakerStateCodec.encode(state));
  }
}

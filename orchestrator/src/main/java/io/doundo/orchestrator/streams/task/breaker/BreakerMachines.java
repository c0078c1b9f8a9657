package io.doundo.orchestrator.streams.task.breaker;

import io.doundo.orchestrator.breaker.BreakerConfig;
import io.doundo.orchestrator.breaker.BreakerDecider;
import io.doundo.orchestrator.breaker.BreakerDecision;
import io.doundo.orchestrator.breaker.BreakerEntry;
import io.doundo.orchestrator.breaker.BreakerEvent;
import io.doundo.orchestrator.breaker.BreakerEvent.Request;
import io.doundo.orchestrator.breaker.BreakerState;
import io.doundo.orchestrator.breaker.stored.BreakerKey;
import io.doundo.orchestrator.breaker.stored.BreakerMessage;
import io.doundo.orchestrator.breaker.stored.BreakerStateCodec;
import io.doundo.orchestrator.streams.record.AuditLog;
import io.doundo.orchestrator.streams.record.OutputRecord;
import io.doundo.orchestrator.streams.state.BreakerValue;
import io.doundo.orchestrator.streams.state.Timers;
import io.doundo.protocol.BreakerCommand;
import io.doundo.protocol.BreakerCommand.Figures;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The breakers that one task owns. Each stands in the flows store under its own key, so it has one
 * owner; what it decides is written to the breakers topic, from which every task reads it. Computes
 * only; writes go into the plan. Not thread-safe.
 */
public final class BreakerMachines {

  /** How often the states in the topic are compared with those of the owner: 30 s. */
  private static final long COMPARED_EVERY_MS = 30_000;

  private final KeyValueStore<String, byte[]> store;
  private final SharedBreakers shared;
  private final Timers timers;
  private final @Nullable AuditLog audit;
  private final Ownership ownership;
  private final Clock clock;
  private long comparedAt;

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
   * @return whether there is such a breaker, or is one now; nothing is done otherwise
   */
  public boolean asked(BreakerCommand command, String controlId, Sink sink) {
    byte[] value = store.get(BreakerKey.of(command.breaker()));
    Request request = request(command, state(command.breaker()).config());
    boolean makesOne = request instanceof Request.Configure || request instanceof Request.ForceOpen;
    if (value == null && !makesOne) {
      return false;
    }
    decide(
        command.breaker(),
        new BreakerEvent.Asked(now(), controlId, request, command.reason(), command.requestedBy()),
        sink);
    return true;
  }

  private static Request request(BreakerCommand command, BreakerConfig config) {
    return switch (command.verb()) {
      case CONFIGURE -> {
        Figures figures =
            Objects.requireNonNullElseGet(
                command.figures(), () -> new Figures(null, null, null, null));
        yield new Request.Configure(
            new BreakerConfig(
                Objects.requireNonNullElse(figures.faults(), config.faults()),
                duration(figures.windowMs(), config.window()),
                duration(figures.openForMs(), config.openFor()),
                Objects.requireNonNullElse(figures.firstWave(), config.firstWave())));
      }
      case OPEN ->
          new Request.ForceOpen(Objects.requireNonNullElse(command.until(), Instant.EPOCH));
      case RESET -> new Request.Reset();
      case DELETE -> new Request.Delete();
    };
  }

  private static Duration duration(@Nullable Long millis, Duration otherwise) {
    return millis == null ? otherwise : Duration.ofMillis(millis);
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
   * that only the topic still has is taken from there, with its timer.
   */
  public void compare(Sink sink) {
    long now = clock.now();
    if (now < comparedAt + COMPARED_EVERY_MS) {
      return;
    }
    comparedAt = now;
    try (KeyValueIterator<String, byte[]> rows = store.range(BreakerKey.BEGIN, BreakerKey.END)) {
      while (rows.hasNext()) {
        KeyValue<String, byte[]> row = rows.next();
        BreakerState state = BreakerValue.decode(row.value);
        if (!Arrays.equals(BreakerStateCodec.encode(state), shared.bytes(state.name()))) {
          sink.send(publish(state));
        }
        // An instance of an earlier release clears timers that it does not understand.
        setTimer(row.key, state.next(), sink);
      }
    }
    for (BreakerState state : shared.all()) {
      String key = BreakerKey.of(state.name());
      if (ownership.isOurs(key) && store.get(key) == null) {
        byte[] value = BreakerValue.encode(state);
        sink.write(() -> store.put(key, value));
        setTimer(key, state.next(), sink);
      }
    }
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
    return value == null ? BreakerState.unknown(name) : BreakerValue.decode(value);
  }

  private void decide(String name, BreakerEvent event, Sink sink) {
    BreakerState before = state(name);
    BreakerDecision decision = BreakerDecider.decide(before, event);
    BreakerState after = decision.next();
    if (after.equals(before)) {
      return;
    }
    String key = BreakerKey.of(name);
    byte[] value = BreakerValue.encode(after);
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

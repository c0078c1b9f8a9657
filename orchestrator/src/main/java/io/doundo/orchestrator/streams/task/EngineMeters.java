package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.state.ParkReason;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Meters of the data plane. Every instance counts its own tasks only, so figures of several
 * instances add up. Counters include work whose transaction was aborted and done again; the parked
 * flows are exact. Safe for any thread; counting costs no lock and no allocation.
 */
public final class EngineMeters implements MeterBinder {

  private final Map<FlowEventType, LongAdder> transitions = new EnumMap<>(FlowEventType.class);
  private final Set<OfTask> tasks = ConcurrentHashMap.newKeySet();
  private final LongAdder held = new LongAdder();
  private final LongAdder archiveRequests = new LongAdder();
  private final LongAdder faults = new LongAdder();
  private final LongAdder threadsReplaced = new LongAdder();
  private volatile @Nullable Timer lateness;

  public EngineMeters() {
    for (FlowEventType type : FlowEventType.values()) {
      transitions.put(type, new LongAdder());
    }
  }

  /** The figures of one running task. Written by its thread only. */
  static final class OfTask {

    private final Map<ParkReason, AtomicLong> parked = new EnumMap<>(ParkReason.class);
    private final AtomicInteger setAside = new AtomicInteger();

    OfTask() {
      for (ParkReason reason : ParkReason.values()) {
        parked.put(reason, new AtomicLong());
      }
    }

    void parked(ParkReason reason, long flows) {
      counted(reason).set(flows);
    }

    private AtomicLong counted(ParkReason reason) {
      return Objects.requireNonNull(parked.get(reason));
    }

    void setAside(int timers) {
      setAside.set(timers);
    }
  }

  /** A task begins to run; its figures count until it is {@link #closed}. */
  OfTask opened() {
    OfTask task = new OfTask();
    tasks.add(task);
    return task;
  }

  void closed(OfTask task) {
    tasks.remove(task);
  }

  /** An entry of the audit log was decided, whether or not such a log is written. */
  void decided(FlowEventType type) {
    LongAdder counter = transitions.get(type);
    if (counter != null) {
      counter.increment();
    }
  }

  void recordHeld() {
    held.increment();
  }

  void recallAsked() {
    archiveRequests.increment();
  }

  /** A record or a timer could not be computed. */
  void computationFailed() {
    faults.increment();
  }

  public void threadReplaced() {
    threadsReplaced.increment();
  }

  void timerFired(long lateMs) {
    Timer timer = lateness;
    if (timer != null) {
      timer.record(Math.max(0, lateMs), TimeUnit.MILLISECONDS);
    }
  }

  /** How many flows of this instance's tasks are parked for this reason. */
  public long parked(ParkReason reason) {
    return sum(task -> task.counted(reason).get());
  }

  public long parked() {
    long all = 0;
    for (ParkReason reason : ParkReason.values()) {
      all += parked(reason);
    }
    return all;
  }

  private long sum(ToLongFunction<OfTask> figure) {
    return tasks.stream().mapToLong(figure).sum();
  }

  @Override
  public void bindTo(MeterRegistry meters) {
    Gauge.builder("doundo.flows", this, EngineMeters::parked)
        .description("Flows that have not ended, parked ones included")
        .tag("status", "PARKED")
        .register(meters);
    for (ParkReason reason : ParkReason.values()) {
      Gauge.builder("doundo.parked", this, counting -> counting.parked(reason))
          .description("Parked flows of this instance, waiting for an operator")
          .tag("reason", reason.name())
          .register(meters);
    }
    transitions.forEach(
        (type, counter) ->
            FunctionCounter.builder("doundo.flow.events", counter, LongAdder::sum)
                .description("Audit log entries by type")
                .tag("type", type.name())
                .register(meters));
    Gauge.builder("doundo.timers.set.aside", this, counting -> counting.sum(t -> t.setAside.get()))
        .description("Timers that failed and will be retried")
        .register(meters);
    counter(
        meters,
        "doundo.records.held",
        held,
        "Records held for a flow that has not started yet or has ended");
    counter(meters, "doundo.recalls", archiveRequests, "Ended flows read back from the archive");
    counter(
        meters,
        "doundo.engine.faults",
        faults,
        "Records and timers that failed with an internal error");
    counter(
        meters,
        "doundo.stream.threads.replaced",
        threadsReplaced,
        "Stream threads that died and were replaced");
    lateness =
        Timer.builder("doundo.timer.lateness")
            .description("Delay between the due time and the firing of timers")
            .serviceLevelObjectives(
                Duration.ofMillis(200),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5))
            .register(meters);
  }

  private static void counter(
      MeterRegistry meters, String name, LongAdder counter, String description) {
    FunctionCounter.builder(name, counter, LongAdder::sum)
        .description(description)
        .register(meters);
  }
}

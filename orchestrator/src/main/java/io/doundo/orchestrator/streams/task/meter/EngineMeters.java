package io.doundo.orchestrator.streams.task.meter;

import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.schedule.ScheduleEntry;
import io.doundo.orchestrator.streams.record.OutputRecord;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.Topics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Meters of the data plane. Every instance counts its own tasks only, so figures of several
 * instances add up. Transitions of flows count once their transaction is committed: what is aborted
 * and done again counts once. Held records, recalls and faults count as they happen. Safe for any
 * thread.
 */
public final class EngineMeters implements MeterBinder {

  /** More breakers than these have no gauge of their own. */
  private static final int MOST_BREAKERS = 200;

  private final Set<OfTask> tasks = ConcurrentHashMap.newKeySet();
  private final LongAdder held = new LongAdder();
  private final LongAdder archiveRequests = new LongAdder();
  private final LongAdder faults = new LongAdder();
  private final LongAdder threadsReplaced = new LongAdder();
  private final boolean transactional;

  /** What the open transaction of the calling stream thread counts. */
  private final ThreadLocal<Tally> open = ThreadLocal.withInitial(Tally::new);

  /** The breakers for which there is a gauge of held steps. */
  private final Set<String> breakers = ConcurrentHashMap.newKeySet();

  private volatile @Nullable MeterRegistry registry;
  private volatile @Nullable FlowCounters counters;

  /** Counts at once: for an engine without transactions. */
  public EngineMeters() {
    this(false);
  }

  /**
   * @param transactional whether amounts wait until the calling thread says that its transaction is
   *     {@link #committed}
   */
  public EngineMeters(boolean transactional) {
    this.transactional = transactional;
  }

  /** The figures of one running task. Written by its thread only. */
  public static final class OfTask {

    private final int partition;
    private final Map<ParkReason, AtomicLong> parked = new EnumMap<>(ParkReason.class);
    private final AtomicInteger setAside = new AtomicInteger();
    private final Map<String, Integer> heldSteps = new ConcurrentHashMap<>();

    OfTask(int partition) {
      this.partition = partition;
      for (ParkReason reason : ParkReason.values()) {
        parked.put(reason, new AtomicLong());
      }
    }

    /** So many flows of the task are parked for this reason. */
    public void parked(ParkReason reason, long flows) {
      counted(reason).set(flows);
    }

    private AtomicLong counted(ParkReason reason) {
      return Objects.requireNonNull(parked.get(reason));
    }

    /** So many timers of the task have failed and are tried again. */
    public void setAside(int timers) {
      setAside.set(timers);
    }
  }

  /** A task begins to run; its figures count until it is {@link #closed}. */
  public OfTask opened(int partition) {
    OfTask task = new OfTask(partition);
    tasks.add(task);
    return task;
  }

  /** So many steps of the task are held by the breaker. */
  public void heldSteps(OfTask task, String breaker, int steps) {
    task.heldSteps.put(breaker, steps);
    MeterRegistry known = registry;
    if (known != null && breakers.size() < MOST_BREAKERS && breakers.add(breaker)) {
      Gauge.builder("doundo.step.held", this, counting -> counting.heldSteps(breaker))
          .description("Steps of this instance's flows that a breaker holds")
          .tag("breaker", breaker)
          .register(known);
    }
  }

  /** How many steps of this instance's tasks the breaker holds. */
  public long heldSteps(String breaker) {
    return sum(task -> task.heldSteps.getOrDefault(breaker, 0));
  }

  /** The partitions whose tasks run here. */
  public IntPredicate owned() {
    BitSet partitions = new BitSet();
    tasks.forEach(task -> partitions.set(task.partition));
    return partitions::get;
  }

  /** The task runs here no longer. */
  public void closed(OfTask task) {
    tasks.remove(task);
  }

  /** The counters of flows; null until a registry is bound, and nothing is counted before. */
  public @Nullable FlowCounters counters() {
    return counters;
  }

  /** A record was written. */
  public void sent(OutputRecord record) {
    FlowCounters known = counters;
    if (known != null && record.topic().equals(Topics.DEAD_LETTER)) {
      count(tally -> known.deadLetter(tally, record));
    }
  }

  /** A timer fired so much after it was due. */
  public void timerFired(long lateMs) {
    FlowCounters known = counters;
    if (known != null) {
      count(tally -> known.timerFired(tally, lateMs));
    }
  }

  /** A turn was read back, and so is committed. */
  public void turnRead(long waitedMs) {
    FlowCounters known = counters;
    if (known != null) {
      count(tally -> known.turnRead(tally, waitedMs));
    }
  }

  /**
   * Something happened to a schedule.
   *
   * @param blocked how many of its runs in a row did not start because an earlier one is blocked
   */
  public void schedule(ScheduleEntry entry, int blocked) {
    FlowCounters known = counters;
    if (known != null) {
      count(tally -> known.schedule(tally, entry, blocked));
    }
  }

  private void count(Consumer<Tally> what) {
    Tally tally = new Tally();
    what.accept(tally);
    carriedOut(tally);
  }

  /** The work that the tally counts was carried out, in the calling thread's transaction. */
  public void carriedOut(Tally tally) {
    if (transactional) {
      open.get().addAll(tally);
    } else {
      tally.publish();
    }
  }

  /** The transaction of the calling thread is committed. */
  public void committed() {
    open.get().publish();
  }

  /** The transaction of the calling thread is aborted. */
  public void aborted() {
    open.get().drop();
  }

  /** A record waits for its flow. */
  public void recordHeld() {
    held.increment();
  }

  /** The archive was asked for an ended flow. */
  public void recallAsked() {
    archiveRequests.increment();
  }

  /** A record or a timer could not be computed. */
  public void computationFailed() {
    faults.increment();
  }

  public void threadReplaced() {
    threadsReplaced.increment();
  }

  /** When an answer of the step was last committed here, ms since the epoch; empty for never. */
  public OptionalLong lastAnswer(String orchestration, String step, CommandAction action) {
    FlowCounters known = counters;
    return known == null ? OptionalLong.empty() : known.lastAnswer(orchestration, step, action);
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
    for (ParkReason reason : ParkReason.values()) {
      Gauge.builder("doundo.parked", this, counting -> counting.parked(reason))
          .description("Parked flows of this instance, waiting for an operator")
          .tag("reason", reason.name())
          .register(meters);
    }
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
    registry = meters;
    counters = new FlowCounters(meters);
  }

  private static void counter(
      MeterRegistry meters, String name, LongAdder counter, String description) {
    FunctionCounter.builder(name, counter, LongAdder::sum)
        .description(description)
        .register(meters);
  }
}

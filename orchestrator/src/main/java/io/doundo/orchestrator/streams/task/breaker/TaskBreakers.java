package io.doundo.orchestrator.streams.task.breaker;

import io.doundo.orchestrator.breaker.BreakerConfig;
import io.doundo.orchestrator.breaker.BreakerDecider;
import io.doundo.orchestrator.breaker.BreakerPhase;
import io.doundo.orchestrator.breaker.BreakerState;
import io.doundo.orchestrator.breaker.BreakerWave;
import io.doundo.orchestrator.breaker.stored.BreakerKey;
import io.doundo.orchestrator.breaker.stored.BreakerMessage;
import io.doundo.orchestrator.streams.record.OutputRecord;
import io.doundo.orchestrator.streams.record.RekeyCodec;
import io.doundo.orchestrator.streams.state.HeldStep;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The breakers that the steps of one task stand behind: whether a command may be sent, what is held
 * for each, what is to be let through now, and what has been seen since the last report to their
 * owners. What is held stands in the flows store; the counts are in memory only, so an aborted
 * transaction or a crash loses some, and a breaker opens a little later. Not thread-safe.
 */
public final class TaskBreakers {

  /** What is held and what the owner believes are compared this often: 5 s. */
  private static final long COMPARED_EVERY_MS = 5_000;

  private static final int LARGEST_WAVE = 10_000;

  /** An owner that is so late is not running: 10 min. */
  private static final Duration LATEST_DECISION = Duration.ofMinutes(10);

  private final KeyValueStore<String, byte[]> store;
  private final SharedBreakers shared;
  private final int partition;
  private final BreakerMachines.Clock clock;
  private final BiConsumer<String, Integer> gauge;

  /** By name, so that the order of reports does not depend on chance. */
  private final Map<String, Behind> breakers = new TreeMap<>();

  private long comparedAt;

  /** What the task knows of one breaker. */
  private static final class Behind {

    /** Those held the longest first. */
    final Set<HeldStep> held = new LinkedHashSet<>();

    /** The same of those whose held attempt is their last one. */
    final Set<HeldStep> lastAttempts = new LinkedHashSet<>();

    int ok;
    int faults;

    /** As the owner was last told, and when. */
    int heldTold;

    long toldAt;

    /** How many may be let through, as soon as everything until that time has been read. */
    int due;

    long readUntil;

    /** The wave that was let through last. */
    @Nullable Instant waveAt;

    int wave;

    /** Waves since the breaker was closed, and when the next one follows. */
    int closedWave;

    long nextClosedWaveAt;

    /** What is left of an earlier wave has waited long enough: lag must not starve it. */
    void allow(int count, long now) {
      if (due == 0) {
        readUntil = now;
      }
      due = count;
    }

    boolean waits(long watermark) {
      return due > 0 && watermark < readUntil;
    }

    int size() {
      return held.size() + lastAttempts.size();
    }

    boolean has(HeldStep step) {
      return held.contains(step) || lastAttempts.contains(step);
    }

    boolean add(HeldStep step, boolean isLast) {
      return isLast ? lastAttempts.add(step) : held.add(step);
    }

    boolean remove(HeldStep step) {
      return held.remove(step) || lastAttempts.remove(step);
    }

    /**
     * The ones to be let through next. A fault is to cost no flow its last attempt while there are
     * others to try the service with.
     */
    List<HeldStep> oldest(int count) {
      return Stream.concat(held.stream(), lastAttempts.stream()).limit(count).toList();
    }
  }

  /**
   * @param store the flows store
   * @param shared the states in the topic
   * @param partition the task's own
   * @param gauge takes how many steps the task holds for a breaker, whenever that changes
   */
  public TaskBreakers(
      KeyValueStore<String, byte[]> store,
      SharedBreakers shared,
      int partition,
      BreakerMachines.Clock clock,
      BiConsumer<String, Integer> gauge) {
    this.store = store;
    this.shared = shared;
    this.partition = partition;
    this.clock = clock;
    this.gauge = gauge;
    load();
  }

  private record Loaded(HeldStep step, HeldStep.Value value) {}

  private void load() {
    List<Loaded> loaded = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> rows = store.range(HeldStep.BEGIN, HeldStep.END)) {
      while (rows.hasNext()) {
        KeyValue<String, byte[]> row = rows.next();
        loaded.add(new Loaded(HeldStep.of(row.key), HeldStep.Value.decode(row.value)));
      }
    }
    loaded.sort(Comparator.comparingLong(one -> one.value().since()));
    for (Loaded one : loaded) {
      behind(one.step().breaker()).add(one.step(), one.value().isLast());
    }
    breakers.forEach((name, behind) -> gauge.accept(name, behind.size()));
  }

  private Behind behind(String breaker) {
    return breakers.computeIfAbsent(breaker, unused -> new Behind());
  }

  /**
   * Whether the breaker holds a command back now. One that is not known holds nothing.
   *
   * @param past whether the command goes past a breaker that is not forced open
   */
  public boolean holds(String breaker, boolean past) {
    BreakerState state = shared.find(breaker);
    return state != null && state.holds(past, now());
  }

  /**
   * Whether the breaker goes on holding a step whose hold has ended by itself, so that no step is
   * held for ever: it does while the step is not lost, and its owner decides in time. Otherwise an
   * outage would use up the attempts of all that is held.
   */
  public boolean goesOnHolding(HeldStep step) {
    BreakerState state = shared.find(step.breaker());
    Instant next = state == null ? null : state.next();
    boolean isDecidedInTime = next != null && next.plus(LATEST_DECISION).isAfter(now());
    return state != null
        && state.holds(!(behind(step.breaker()).has(step) && isDecidedInTime), now());
  }

  private Instant now() {
    return Instant.ofEpochMilli(clock.now());
  }

  /**
   * An attempt behind the breaker was answered, or has timed out. A breaker that is half open
   * counts its own tries only.
   *
   * @param sentAt when the attempt was sent, ms since the epoch; 0 when that is not known
   */
  public void seen(String breaker, boolean isFault, long sentAt) {
    BreakerState state = shared.find(breaker);
    if (state != null && !state.counts(sentAt == 0 ? null : Instant.ofEpochMilli(sentAt))) {
      return;
    }
    Behind behind = behind(breaker);
    if (isFault) {
      behind.faults++;
    } else {
      behind.ok++;
    }
  }

  /**
   * A step is held from now on. Called when its flow is written.
   *
   * @param isLast whether the held attempt is the last one that the step has
   */
  public void hold(HeldStep step, boolean isLast) {
    Behind behind = behind(step.breaker());
    if (behind.add(step, isLast)) {
      store.put(step.key(), new HeldStep.Value(clock.now(), isLast).encode());
      gauge.accept(step.breaker(), behind.size());
    }
  }

  /** A step is held no longer. Called when its flow is written. */
  public void unhold(HeldStep step) {
    Behind behind = behind(step.breaker());
    if (behind.remove(step)) {
      store.delete(step.key());
      gauge.accept(step.breaker(), behind.size());
    }
  }

  /**
   * The held steps that are let through now: the task's share of a half-open breaker's wave, or,
   * once the breaker is closed, a wave of this task alone, twice as large each second. None before
   * everything is read that was there when the wave began: it may be the answer to an earlier
   * attempt of what is held.
   *
   * @param watermark up to when all answers have been processed, ms since the epoch
   * @param limit so many at most; the rest follows when it is asked again
   */
  public List<HeldStep> due(long watermark, int limit) {
    List<HeldStep> due = new ArrayList<>();
    breakers.forEach(
        (name, behind) -> {
          allow(behind, shared.find(name));
          if (behind.waits(watermark)) {
            return;
          }
          int count = Math.min(Math.min(behind.due, behind.size()), limit - due.size());
          due.addAll(behind.oldest(count));
          behind.due -= count;
        });
    return due;
  }

  /**
   * A step that was due has sent nothing, because its flow is paused, say: another is due for it.
   */
  public void passOver(HeldStep step) {
    behind(step.breaker()).due++;
  }

  private void allow(Behind behind, @Nullable BreakerState state) {
    BreakerPhase phase = state == null ? BreakerPhase.CLOSED : state.phase();
    // A clock that was set back must not stall anything.
    behind.readUntil = Math.min(behind.readUntil, clock.now());
    if (phase != BreakerPhase.CLOSED || behind.size() == 0) {
      behind.closedWave = 0;
      behind.nextClosedWaveAt = 0;
    }
    switch (phase) {
      case CLOSED -> {
        long now = clock.now();
        long untilNext = behind.nextClosedWaveAt - now;
        boolean isNext = untilNext <= 0 || untilNext > BreakerDecider.TICK.toMillis();
        if (behind.size() == 0) {
          behind.due = 0;
        } else if (isNext && behind.due == 0) {
          BreakerConfig config = state == null ? BreakerConfig.DEFAULT : state.config();
          behind.allow(
              (int) Math.min(LARGEST_WAVE, (long) config.firstWave() << behind.closedWave), now);
          behind.closedWave = Math.min(behind.closedWave + 1, Short.SIZE);
          behind.nextClosedWaveAt = now + BreakerDecider.TICK.toMillis();
        }
      }
      case HALF_OPEN -> {
        BreakerWave wave = Objects.requireNonNull(state).wave();
        if (wave == null) {
          behind.due = 0;
        } else if (wave.number() != behind.wave || !wave.at().equals(behind.waveAt)) {
          behind.wave = wave.number();
          behind.waveAt = wave.at();
          behind.allow(wave.shares().getOrDefault(partition, 0), clock.now());
        }
      }
      case OPEN, FORCED_OPEN -> behind.due = 0;
    }
  }

  /**
   * What the owners have to know since the last time: faults, another number of held steps, and
   * answers without a fault where those change anything.
   */
  public List<OutputRecord> reports() {
    adoptBeliefs();
    List<OutputRecord> reports = new ArrayList<>();
    breakers.forEach(
        (name, behind) -> {
          if (isToldOf(behind, shared.find(name))) {
            BreakerMessage report =
                new BreakerMessage(name, partition, behind.ok, behind.faults, behind.size());
            reports.add(
                OutputRecord.of(
                    Topics.REKEY, BreakerKey.of(name), new RekeyCodec.ToBreaker(report).encode()));
            behind.heldTold = behind.size();
            behind.toldAt = clock.now();
          }
          behind.ok = 0;
          behind.faults = 0;
        });
    return reports;
  }

  /** While the breaker is open, only the number of what is held matters, and not at once. */
  private boolean isToldOf(Behind behind, @Nullable BreakerState state) {
    boolean isAnotherNumber = behind.size() != behind.heldTold;
    boolean isOpen =
        state != null
            && (state.phase() == BreakerPhase.OPEN || state.phase() == BreakerPhase.FORCED_OPEN);
    if (isOpen) {
      return isAnotherNumber
          && Math.abs(clock.now() - behind.toldAt) >= BreakerDecider.TICK.toMillis();
    }
    boolean isQuiet = state == null || state.isQuiet();
    return behind.faults > 0 || isAnotherNumber || (behind.ok > 0 && !isQuiet);
  }

  /** What the owner believes to be held here: it is told again when that is not so. */
  private void adoptBeliefs() {
    long now = clock.now();
    if (Math.abs(now - comparedAt) < COMPARED_EVERY_MS) {
      return;
    }
    comparedAt = now;
    for (BreakerState state : shared.all()) {
      behind(state.name()).heldTold = state.held().getOrDefault(partition, 0);
    }
  }
}

package io.doundo.worker.fence;

import io.doundo.worker.fence.FenceTable.FenceTransition;
import io.doundo.worker.fence.FenceTable.Moment;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A fence for tests: the {@link FenceTable} over records in this JVM's memory, with a clock that
 * can be moved by hand. It can lose everything, as Redis can. Stages are complete when they are
 * returned. Thread-safe.
 */
public final class InMemoryFence extends TableFence {

  private final Map<FenceKey, StepRecord> records = new HashMap<>();
  private final InstantSource clock;
  private final FenceSettings settings;
  private Instant evidenceSince;
  private boolean available = true;

  public InMemoryFence() {
    this(InstantSource.system(), FenceSettings.DEFAULTS);
  }

  public InMemoryFence(InstantSource clock, FenceSettings settings) {
    super(settings);
    this.clock = clock;
    this.settings = settings;
    this.evidenceSince = clock.instant();
  }

  @Override
  public synchronized CompletionStage<Long> inDoubt() {
    if (!available) {
      return unavailable();
    }
    long now = clock.millis();
    return CompletableFuture.completedStage(
        records.values().stream()
            .filter(step -> step.state == StepRecord.State.IN_DOUBT && !step.expired(now))
            .count());
  }

  @Override
  public Duration retention() {
    return settings.retention();
  }

  @Override
  public synchronized CompletionStage<Void> check() {
    return available ? CompletableFuture.completedStage(null) : unavailable();
  }

  /** Forgets everything, as a Redis does that was restarted without its data or emptied. */
  public synchronized void loseEverything() {
    records.clear();
    restarted();
  }

  /** Keeps what it has, but for all it knows the last of it may be missing. */
  public synchronized void restarted() {
    evidenceSince = clock.instant();
  }

  /** While it is not available, every call fails with {@link FenceUnavailableException}. */
  public synchronized void available(boolean nowAvailable) {
    available = nowAvailable;
  }

  /** How long the step's record will be kept. */
  synchronized Duration expiresIn(FenceKey key) {
    return Objects.requireNonNull(records.get(key)).expiresIn(clock.millis());
  }

  @Override
  public void close() {
    // There is nothing to give back.
  }

  @Override
  synchronized <T extends @Nullable Object> CompletionStage<T> on(
      FenceKey key, BiFunction<StepRecord, Moment, FenceTransition<T>> event) {
    if (!available) {
      return unavailable();
    }
    Instant now = clock.instant();
    StepRecord known = records.get(key);
    FenceTransition<T> transition =
        event.apply(
            known == null || known.expired(now.toEpochMilli()) ? StepRecord.absent() : known,
            new Moment(now, evidenceSince));
    records.put(key, transition.record());
    return CompletableFuture.completedStage(transition.answer());
  }

  private static <T extends @Nullable Object> CompletionStage<T> unavailable() {
    return CompletableFuture.failedStage(
        new FenceUnavailableException("the fence in memory was made unavailable", null));
  }
}

package io.doundo.worker.fence;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.RawJson;
import io.doundo.worker.fence.StepRecord.Circumstances;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A fence for tests: the transitions of the {@link LuaFence} in this JVM's memory, with a clock
 * that can be moved by hand. It can lose everything, as Redis can. Stages are complete when they
 * are returned. Thread-safe.
 */
public final class InMemoryFence implements Fence {

  private final Map<FenceKey, StepRecord> records = new HashMap<>();
  private final InstantSource clock;
  private final FenceSettings settings;
  private Instant evidenceSince;
  private boolean available = true;

  public InMemoryFence() {
    this(InstantSource.system(), FenceSettings.DEFAULTS);
  }

  public InMemoryFence(InstantSource clock, FenceSettings settings) {
    this.clock = clock;
    this.settings = settings;
    this.evidenceSince = clock.instant();
  }

  @Override
  public CompletionStage<DoDecision> beginDo(FenceKey key, Claim claim) {
    return on(key, (step, now) -> new BeginDo(step, claim, circumstances(now, claim)).decide());
  }

  @Override
  public CompletionStage<UndoDecision> beginUndo(
      FenceKey key, Claim claim, KnownEffect effect, boolean undoFailed) {
    return on(
        key,
        (step, now) ->
            new BeginUndo(step, claim, effect, undoFailed, circumstances(now, claim)).decide());
  }

  @Override
  public CompletionStage<FinishResult> finish(FenceKey key, Token token, Settled settled) {
    return on(
        key,
        (step, now) ->
            new Finish(step, token, Ending.of(settled), circumstances(now, null)).decide());
  }

  @Override
  public CompletionStage<RenewResult> renew(FenceKey key, Token token, Duration lease) {
    return on(key, (step, now) -> step.renew(token, lease, false, now));
  }

  @Override
  public CompletionStage<RenewResult> ruledOut(FenceKey key, Token token, Duration lease) {
    return on(key, (step, now) -> step.renew(token, lease, true, now));
  }

  @Override
  public CompletionStage<Void> answered(FenceKey key, Token token) {
    return this.<@Nullable Void>on(
        key,
        (step, now) -> {
          step.answered(token);
          return null;
        });
  }

  @Override
  public CompletionStage<@Nullable RawJson> note(FenceKey key, String name) {
    return on(key, (step, now) -> step.note(name));
  }

  @Override
  public CompletionStage<Boolean> keepNote(
      FenceKey key, Token token, String name, @Nullable RawJson value) {
    return on(key, (step, now) -> step.keepNote(token, name, value, circumstances(now, null)));
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

  /** Whether the step's record will be dropped by itself. */
  synchronized boolean expires(FenceKey key) {
    StepRecord step = records.get(key);
    return step != null && step.expires();
  }

  @Override
  public void close() {
    // There is nothing to give back.
  }

  private synchronized <T extends @Nullable Object> CompletionStage<T> on(
      FenceKey key, BiFunction<StepRecord, Long, T> transition) {
    if (!available) {
      return unavailable();
    }
    long now = clock.millis();
    StepRecord known = records.get(key);
    StepRecord step = known == null || known.expired(now) ? new StepRecord() : known;
    T outcome = transition.apply(step, now);
    records.put(key, step);
    return CompletableFuture.completedStage(outcome);
  }

  private Circumstances circumstances(long now, @Nullable Claim claim) {
    return new Circumstances(
        now,
        settings.retention().toMillis(),
        () ->
            claim != null
                && claim.firstSent() != null
                && !claim.firstSent().minus(settings.clockTolerance()).isBefore(evidenceSince),
        claim != null
            && claim.deadline() != null
            && now > claim.deadline().plus(settings.clockTolerance()).toEpochMilli());
  }

  private static <T extends @Nullable Object> CompletionStage<T> unavailable() {
    return CompletableFuture.failedStage(
        new FenceUnavailableException("the fence in memory was made unavailable", null));
  }
}

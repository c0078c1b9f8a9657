package io.doundo.worker.fence;

import io.doundo.protocol.Outcome;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.fence.FenceTable.FenceTransition;
import io.doundo.worker.fence.FenceTable.Moment;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Fences in this JVM's memory, one for each assigned partition, without any store. A step's
 * commands must all be in one partition. A fence knows what was done since its partition was
 * assigned, and knows that it does not know what was done before: a redelivered DO is in doubt, and
 * an UNDO of unknown effect runs. Thread-safe.
 */
public final class PartitionFences implements FenceStore {

  private record PartitionId(String topic, int partition) {}

  private final Map<PartitionId, PartitionFence> fences = new ConcurrentHashMap<>();
  private final InstantSource clock;
  private final FenceSettings settings;
  private final int maxRecords;

  /**
   * Makes a store without partitions.
   *
   * @param maxRecords of one partition: beyond it the records that were touched longest ago are
   *     forgotten, and count as forgotten. One takes about half a kilobyte.
   */
  public PartitionFences(InstantSource clock, FenceSettings settings, int maxRecords) {
    this.clock = clock;
    this.settings = settings;
    this.maxRecords = maxRecords;
  }

  @Override
  public Fence assigned(String topic, int partition) {
    PartitionFence fence = new PartitionFence(clock, settings, maxRecords);
    PartitionFence before = fences.put(new PartitionId(topic, partition), fence);
    if (before != null) {
      before.revoke();
    }
    return fence;
  }

  @Override
  public void revoked(String topic, int partition) {
    PartitionFence fence = fences.remove(new PartitionId(topic, partition));
    if (fence != null) {
      fence.revoke();
    }
  }

  /** How many records are kept. */
  public int size() {
    return fences.values().stream().mapToInt(PartitionFence::size).sum();
  }

  @Override
  public CompletionStage<Void> check() {
    return CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<Long> inDoubt() {
    return CompletableFuture.completedStage(
        fences.values().stream()
            .mapToLong(fence -> fence.inDoubt().toCompletableFuture().join())
            .sum());
  }

  /** Longer than any topic keeps commands: what it has forgotten counts as forgotten. */
  @Override
  public Duration retention() {
    return Duration.ofMillis(Long.MAX_VALUE);
  }

  @Override
  public void close() {
    // There is nothing to give back.
  }

  /**
   * The fence of one partition while it is assigned. Evidence begins with the assignment, as after
   * the loss of a store, and begins anew when a record has to make room. After the partition is
   * revoked nothing begins any more, and a run that ends with an effect is late. Stages are
   * complete when they are returned. Thread-safe.
   */
  static final class PartitionFence extends TableFence {

    /** So many of the longest untouched records are looked at when another one comes. */
    private static final int LOOKED_AT = 4;

    private record Kept(StepRecord step, long touchedAt) {}

    /** Those touched longest ago come first. */
    private final Map<FenceKey, Kept> records = new LinkedHashMap<>();

    private final InstantSource clock;
    private final FenceSettings settings;
    private final int maxRecords;
    private Instant evidenceSince;
    private boolean revoked;

    /**
     * The fence of a partition that is assigned now.
     *
     * @param maxRecords beyond which the record that was touched longest ago is forgotten
     */
    PartitionFence(InstantSource clock, FenceSettings settings, int maxRecords) {
      super(settings);
      this.clock = clock;
      this.settings = settings;
      this.maxRecords = maxRecords;
      this.evidenceSince = clock.instant();
    }

    synchronized void revoke() {
      revoked = true;
      records.clear();
    }

    /** For all it knows, what was recorded before now may be missing. */
    synchronized void forgetsUpToNow() {
      evidenceSince = clock.instant();
    }

    synchronized int size() {
      return records.size();
    }

    synchronized Duration expiresIn(FenceKey key) {
      Kept kept = records.get(key);
      if (kept == null) {
        throw new IllegalArgumentException("no record of " + key);
      }
      return kept.step().expiresIn(clock.millis());
    }

    @Override
    synchronized <T extends @Nullable Object> CompletionStage<T> on(
        FenceKey key, BiFunction<StepRecord, Moment, FenceTransition<T>> event) {
      if (revoked) {
        return CompletableFuture.failedStage(
            new CancellationException("the partition is another worker's now"));
      }
      Instant now = clock.instant();
      Kept known = records.remove(key);
      StepRecord step =
          known == null || known.step().expired(now.toEpochMilli())
              ? StepRecord.absent()
              : known.step();
      FenceTransition<T> transition = event.apply(step, new Moment(now, evidenceSince));
      if (transition.record().state != StepRecord.State.ABSENT || known != null) {
        records.put(key, new Kept(transition.record(), now.toEpochMilli()));
      }
      makeRoom(now.toEpochMilli());
      return CompletableFuture.completedStage(transition.answer());
    }

    private void makeRoom(long now) {
      Iterator<Kept> oldest = records.values().iterator();
      int looked = 0;
      while (oldest.hasNext() && (looked < LOOKED_AT || records.size() > maxRecords)) {
        looked++;
        Kept kept = oldest.next();
        if (kept.step().expired(now)) {
          oldest.remove();
        } else if (records.size() > maxRecords && !isRunning(kept.step())) {
          oldest.remove();
          Instant after = Instant.ofEpochMilli(kept.touchedAt() + 1);
          evidenceSince = after.isAfter(evidenceSince) ? after : evidenceSince;
        }
      }
    }

    private static boolean isRunning(StepRecord step) {
      return step.state == StepRecord.State.DOING || step.state == StepRecord.State.UNDOING;
    }

    /** A run that outlives the assignment is late, if something of it may stand. */
    @Override
    public synchronized CompletionStage<FinishResult> finish(
        FenceKey key, Token token, Settled settled) {
      if (!revoked) {
        return super.finish(key, token, settled);
      }
      RunEnding ending = RunEnding.of(settled);
      boolean stands = ending.kind().ofDo() && (!ending.kind().isClean() || token.undoFailed());
      return CompletableFuture.completedStage(
          stands
              ? new FinishResult.Reply(ending.answer(Outcome.LATE_EFFECT, false))
              : new FinishResult.Superseded());
    }

    /** A run that has begun before the revocation may end by itself. */
    @Override
    public synchronized CompletionStage<RenewResult> renew(
        FenceKey key, Token token, Duration lease) {
      return revoked
          ? CompletableFuture.completedStage(RenewResult.FORGOTTEN)
          : super.renew(key, token, lease);
    }

    @Override
    public synchronized CompletionStage<RenewResult> ruledOut(
        FenceKey key, Token token, Duration lease) {
      return revoked
          ? CompletableFuture.completedStage(RenewResult.LOST)
          : super.ruledOut(key, token, lease);
    }

    @Override
    public synchronized CompletionStage<Void> answered(
        FenceKey key, Token token, @Nullable Instant deadline) {
      return revoked
          ? CompletableFuture.completedStage(null)
          : super.answered(key, token, deadline);
    }

    @Override
    public synchronized CompletionStage<Boolean> keepNote(
        FenceKey key, Token token, String name, @Nullable RawJson value) {
      return revoked
          ? CompletableFuture.completedStage(false)
          : super.keepNote(key, token, name, value);
    }

    @Override
    public CompletionStage<Void> check() {
      return CompletableFuture.completedStage(null);
    }

    @Override
    public synchronized CompletionStage<Long> inDoubt() {
      long now = clock.millis();
      return CompletableFuture.completedStage(
          records.values().stream()
              .map(Kept::step)
              .filter(step -> step.state == StepRecord.State.IN_DOUBT && !step.expired(now))
              .count());
    }

    @Override
    public Duration retention() {
      return settings.retention();
    }

    @Override
    public void close() {
      // There is nothing to give back.
    }
  }
}

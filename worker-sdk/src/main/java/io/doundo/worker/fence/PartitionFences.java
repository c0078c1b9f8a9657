package io.doundo.worker.fence;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

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
}

package io.doundo.worker.delivery;

import io.doundo.worker.fence.FenceStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;

/** The fence of each partition that is assigned at present. Thread-safe. */
final class PartitionGuards {

  private final FenceStore store;
  private final FenceHealth health;
  private final TaskTimer timer;
  private final Map<TopicPartition, GuardedFence> guards = new ConcurrentHashMap<>();

  PartitionGuards(FenceStore store, FenceHealth health, TaskTimer timer) {
    this.store = store;
    this.health = health;
    this.timer = timer;
  }

  /** The fence of a partition, from its assignment until it is let go. */
  GuardedFence of(TopicPartition partition) {
    return guards.computeIfAbsent(
        partition,
        id -> new GuardedFence(store.assigned(id.topic(), id.partition()), health, timer));
  }

  /** The partition is another worker's now. */
  void letGo(TopicPartition partition) {
    if (guards.remove(partition) != null) {
      store.revoked(partition.topic(), partition.partition());
    }
  }
}

package io.doundo.worker.fence;

import io.doundo.worker.fence.redis.UnsafeRedisException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Where the records of a fence are, as a worker sees it that reads partitions. Thread-safe. Stages
 * complete on a thread of the store, which must not be blocked.
 */
public interface FenceStore extends AutoCloseable {

  /**
   * The fence of a partition's commands, from now on, because the partition was assigned to this
   * worker.
   */
  Fence assigned(String topic, int partition);

  /** The partition is another worker's now; runs that have begun still end in their fence. */
  void revoked(String topic, int partition);

  /**
   * Completes when the fence can be asked and keeps what it is given; fails with {@link
   * FenceUnavailableException} or {@link UnsafeRedisException}.
   */
  CompletionStage<Void> check();

  /** The number of steps in doubt. It takes one request, however many there are. */
  CompletionStage<Long> inDoubt();

  /** How long a settled record is kept when nobody acknowledges its answer. */
  Duration retention();

  @Override
  void close();
}

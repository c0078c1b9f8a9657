package io.doundo.worker.delivery;

import io.doundo.worker.fence.Fence;
import io.doundo.worker.fence.FenceStore;
import io.doundo.worker.fence.FenceUnavailableException;
import io.doundo.worker.threads.TaskTimer;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The fence, asked again until it answers: a transition of the fence is safe to repeat, and nothing
 * may run without one. An unreachable fence affects all commands and is reported to {@link
 * FenceHealth}; a record that cannot be used concerns its own command only. Thread-safe.
 */
final class GuardedFence {

  private final Fence fence;
  private final FenceHealth health;
  private final TaskTimer timer;
  private final Retry retry;

  GuardedFence(Fence fence, FenceHealth health, TaskTimer timer) {
    this.fence = fence;
    this.health = health;
    this.timer = timer;
    this.retry =
        Retry.of(
            "fence",
            RetryConfig.custom()
                .maxAttempts(Integer.MAX_VALUE)
                .intervalFunction(
                    IntervalFunction.ofExponentialRandomBackoff(
                        Duration.ofMillis(20), 2, 0.5, Duration.ofSeconds(1)))
                .retryOnException(GuardedFence::mayPass)
                .build());
  }

  private static boolean mayPass(Throwable error) {
    return FenceHealth.unwrapped(error) instanceof FenceUnavailableException;
  }

  /**
   * Asks until there is an answer.
   *
   * @param wanted when it is false, the stage is cancelled instead of asking (again)
   */
  <T> CompletionStage<T> ask(Function<Fence, CompletionStage<T>> question, BooleanSupplier wanted) {
    if (!wanted.getAsBoolean()) {
      return cancelled();
    }
    // Nearly every question is answered at once, and is spared what repeating it takes.
    return question
        .apply(fence)
        .exceptionallyCompose(
            error -> {
              note(error);
              return mayPass(error)
                  ? again(question, wanted)
                  : CompletableFuture.failedFuture(error);
            });
  }

  private <T> CompletionStage<T> again(
      Function<Fence, CompletionStage<T>> question, BooleanSupplier wanted) {
    return Retry.decorateCompletionStage(
            retry, timer.executor(), () -> wanted.getAsBoolean() ? once(question) : cancelled())
        .get();
  }

  /** Asks one time. Throws nothing: a fence that throws fails the stage. */
  <T> CompletionStage<T> once(Function<Fence, CompletionStage<T>> question) {
    CompletionStage<T> asked;
    try {
      asked = question.apply(fence);
    } catch (RuntimeException | Error e) {
      asked = CompletableFuture.failedFuture(e);
    }
    return asked.whenComplete((answer, error) -> note(error));
  }

  /** The fence has refused a DO with this deadline as overdue. */
  void refusedAsOverdue(@Nullable Instant deadline) {
    health.refusedAsOverdue(deadline, Instant.now());
  }

  private void note(@Nullable Throwable error) {
    if (error != null
        && FenceHealth.unwrapped(error) instanceof FenceUnavailableException unavailable) {
      health.down(unavailable);
    }
  }

  private static <T> CompletionStage<T> cancelled() {
    return CompletableFuture.failedFuture(new CancellationException("no longer wanted"));
  }

  /** The fence of each partition that is assigned at present. Thread-safe. */
  static final class PartitionGuards {

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
}

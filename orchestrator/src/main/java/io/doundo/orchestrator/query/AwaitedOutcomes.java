package io.doundo.orchestrator.query;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait for an outcome, each for itself: a request that is sent twice with one control id
 * is waited for twice, and the one who gives up takes nothing from the other.
 *
 * @param <O> the outcome
 */
final class AwaitedOutcomes<O> {

  private final Map<String, Set<CompletableFuture<O>>> waiting = new ConcurrentHashMap<>();

  /**
   * The outcome with this id.
   *
   * @param known the outcome if it is there already; asked after the wait has begun, so that none
   *     is missed that comes in between
   * @return fails with a {@link java.util.concurrent.TimeoutException} when it is not known in time
   */
  CompletableFuture<O> next(String id, Duration wait, Supplier<@Nullable O> known) {
    CompletableFuture<O> mine = new CompletableFuture<>();
    waiting.compute(id, (key, others) -> with(mine, others));
    CompletableFuture<?> unused =
        mine.orTimeout(wait.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((outcome, failure) -> forget(id, mine));
    O answered = known.get();
    if (answered != null) {
      mine.complete(answered);
    }
    return mine;
  }

  void came(String id, O outcome) {
    Set<CompletableFuture<O>> all = waiting.remove(id);
    if (all != null) {
      all.forEach(one -> one.complete(outcome));
    }
  }

  private void forget(String id, CompletableFuture<O> mine) {
    waiting.computeIfPresent(
        id,
        (key, all) -> {
          all.remove(mine);
          return all.isEmpty() ? null : all;
        });
  }

  private static <O> Set<CompletableFuture<O>> with(
      CompletableFuture<O> mine, @Nullable Set<CompletableFuture<O>> others) {
    Set<CompletableFuture<O>> all = others == null ? new HashSet<>() : others;
    all.add(mine);
    return all;
  }
}

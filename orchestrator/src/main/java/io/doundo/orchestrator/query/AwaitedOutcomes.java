package io.doundo.orchestrator.query;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  private final Map<String, List<CompletableFuture<O>>> waiting = new ConcurrentHashMap<>();

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
    List<CompletableFuture<O>> all = waiting.remove(id);
    if (all != null) {
      all.forEach(one -> one.complete(outcome));
    }
  }

  private void forget(String id, CompletableFuture<O> mine) {
    waiting.computeIfPresent(
        id,
        (key, all) -> {
          all.removeIf(one -> one == mine);
          return all.isEmpty() ? null : all;
        });
  }

  private static <O> List<CompletableFuture<O>> with(
      CompletableFuture<O> mine, @Nullable List<CompletableFuture<O>> others) {
    List<CompletableFuture<O>> all = others == null ? new ArrayList<>() : others;
    all.add(mine);
    return all;
  }
}

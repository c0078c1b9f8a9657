package io.doundo.orchestrator.api;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.query.timeline.FlowWatch;
import io.doundo.protocol.AuditRecord;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Lets requests wait for a committed transition of a flow, without holding a thread. A bounded
 * number may wait at once. Thread-safe.
 */
public final class FlowWaits {

  private static final int MOST_WAITING = 1_000;

  private final FlowWatch watch;
  private final Semaphore places = new Semaphore(MOST_WAITING);

  public FlowWaits(FlowWatch watch) {
    this.watch = watch;
  }

  /** How many requests wait currently. */
  public int waiting() {
    return MOST_WAITING - places.availablePermits();
  }

  /** Whether anything can be waited for: without an audit log, nothing can. */
  public boolean possible() {
    return watch.audited();
  }

  /**
   * A request that waits.
   *
   * @param outcome the first matching record, or empty when none arrived in time or nobody waits
   *     any more
   */
  record OpenWait(
      CompletableFuture<Optional<AuditRecord>> outcome,
      CompletableFuture<Optional<AuditRecord>> result) {

    /** Gives the place back: the client has gone, or was answered otherwise. */
    void cancel() {
      result.complete(Optional.empty());
    }
  }

  /**
   * Does something and waits for what it leads to.
   *
   * @param action begins after the watching has, so that nothing it causes is missed; when it
   *     fails, so does the wait
   * @param patience how long to wait once the action is done
   */
  OpenWait after(
      String flowId,
      Supplier<CompletableFuture<?>> action,
      Predicate<AuditRecord> awaited,
      Duration patience) {
    if (!places.tryAcquire()) {
      throw new ApiProblem(
          ProblemKind.TOO_MANY_WAITING,
          MOST_WAITING + " requests are already waiting. Try again later, or start without wait.");
    }
    CompletableFuture<Optional<AuditRecord>> result = new CompletableFuture<>();
    FlowWatch.Subscription subscription;
    try {
      subscription = watch.subscribe(flowId, new Awaited(result, awaited));
    } catch (RuntimeException e) {
      places.release();
      throw e;
    }
    CompletableFuture<Optional<AuditRecord>> outcome =
        result.whenComplete(
            (record, failure) -> {
              subscription.close();
              places.release();
            });
    begin(action, result, patience);
    return new OpenWait(outcome, result);
  }

  private static void begin(
      Supplier<CompletableFuture<?>> action,
      CompletableFuture<Optional<AuditRecord>> result,
      Duration patience) {
    CompletableFuture<?> done;
    try {
      done = action.get();
    } catch (RuntimeException e) {
      done = CompletableFuture.failedFuture(e);
    }
    CompletableFuture<?> unused =
        done.whenComplete(
            (value, failure) -> {
              if (failure != null) {
                result.completeExceptionally(failure);
              } else {
                result.completeOnTimeout(
                    Optional.empty(), patience.toMillis(), TimeUnit.MILLISECONDS);
              }
            });
  }

  private record Awaited(
      CompletableFuture<Optional<AuditRecord>> result, Predicate<AuditRecord> awaited)
      implements FlowWatch.Listener {

    @Override
    public void on(AuditRecord record) {
      if (awaited.test(record)) {
        result.complete(Optional.of(record));
      }
    }

    @Override
    public void onEnd(String reason) {
      result.completeExceptionally(new ApiProblem(ProblemKind.NOT_READY, reason));
    }
  }
}

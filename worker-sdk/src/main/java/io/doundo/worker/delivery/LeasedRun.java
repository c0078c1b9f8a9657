package io.doundo.worker.delivery;

import io.doundo.worker.callee.CallEnd;
import io.doundo.worker.delivery.AnswerSender.PreparedAnswer;
import io.doundo.worker.delivery.StepServer.StepRun;
import io.doundo.worker.fence.FenceKey;
import io.doundo.worker.fence.FinishResult;
import io.doundo.worker.fence.RenewResult;
import io.doundo.worker.fence.StepAnswer;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One run of a handler, from the moment it is granted until the fence has its outcome. The step's
 * lease is kept that long. Used once.
 */
final class LeasedRun implements FinishResult.Handler<Runnable> {

  private static final long REJECTED_RETRY_MS = 50;

  private final Delivery delivery;
  private final DeliveryContext context;
  private final FenceKey key;
  private final StepRun run;
  private final Lease lease;

  /** Known once the run has ended. */
  private volatile @Nullable CallEnd ended;

  /** Known once the handler has returned; null when it was not called. */
  private volatile @Nullable HandlerTimes times;

  /** The likely answer; null when there is no likely one. */
  private volatile @Nullable PreparedAnswer prepared;

  /**
   * How a handler's time went, for people who look for where a step waits.
   *
   * @param pickedUp when it began, ms since the epoch by the clock of this machine
   * @param ms how long it ran
   */
  record HandlerTimes(long pickedUp, long ms) {}

  LeasedRun(Delivery delivery, DeliveryContext context, FenceKey key, StepRun run, Lease lease) {
    this.delivery = delivery;
    this.context = context;
    this.key = key;
    this.run = run;
    this.lease = lease;
  }

  /** Hands the run to a handler thread, now or once one is free. */
  void handIn() {
    try {
      context.handlers().execute(() -> delivery.guarded(this::run));
    } catch (RejectedExecutionException e) {
      if (!delivery.wanted()) {
        // The application stops; the lease runs out, and the command is delivered again.
        lease.end();
        context.ended(delivery);
        delivery.releasePermit();
        return;
      }
      // The application's own executor is full; the lease is renewed meanwhile.
      context.timer().after(REJECTED_RETRY_MS, () -> delivery.guarded(this::handIn));
    }
  }

  private void run() {
    if (isHeld()) {
      long pickedUp = System.currentTimeMillis();
      long began = System.nanoTime();
      run.begin(
          context,
          lease,
          key,
          end ->
              delivery.guarded(
                  () -> {
                    long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
                    times = new HandlerTimes(pickedUp, ms);
                    ended(end);
                  }));
    } else {
      ended(run.notBegun("the lease ended before the handler began"));
    }
  }

  private void ended(CallEnd end) {
    delivery.releasePermit();
    finish(end);
  }

  /**
   * Whether the step is still this run's. A process that stood still since it asked the fence (a
   * long collection, a stopped container) may have lost it to an UNDO, and must not begin.
   */
  private boolean isHeld() {
    if (lease.lasts()) {
      return true;
    }
    if (lease.isLost()) {
      return false;
    }
    try {
      return lease
              .fence()
              .ask(
                  fence -> fence.renew(key, lease.token(), lease.length()),
                  () -> !context.isStopped())
              .toCompletableFuture()
              .join()
          == RenewResult.HELD;
    } catch (CompletionException e) {
      return false;
    }
  }

  private void finish(CallEnd end) {
    ended = end;
    // The lease is kept until the fence has taken the outcome, however long that takes.
    CompletionStage<FinishResult> asked =
        lease
            .fence()
            .ask(
                fence -> fence.finish(key, lease.token(), end.settled()),
                () -> !context.isStopped());
    // While the fence decides, so that the thread that brings its decision need not.
    StepAnswer usual = StepAnswer.usual(end.settled());
    prepared =
        usual == null
            ? null
            : context.answers().prepared(delivery.command(), end.completed(usual), times);
    asked.whenComplete(
        (result, error) ->
            delivery.guarded(
                () -> {
                  lease.end();
                  if (result == null) {
                    delivery.startOver(
                        error != null
                            ? error
                            : new IllegalStateException("the run ended without an outcome"));
                  } else {
                    result.accept(this).run();
                  }
                }));
  }

  @Override
  public Runnable on(FinishResult.Reply reply) {
    CallEnd end = ended;
    StepAnswer answer = end == null ? reply.answer() : end.completed(reply.answer());
    return () -> delivery.answer(answer, lease.token(), times, prepared);
  }

  @Override
  public Runnable on(FinishResult.Superseded superseded) {
    return delivery::settle;
  }
}

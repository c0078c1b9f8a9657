package io.doundo.http.client;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way. It knows whether its first byte may have been written: before that,
 * whatever fails had certainly no effect. Thread-safe.
 */
public final class SentCall implements FutureCallback<CallResult.Answered> {

  private enum Progress {
    NOTHING_WRITTEN,
    WRITTEN,
    /** Nothing was written, and nothing will be. */
    GIVEN_UP
  }

  private final AtomicReference<Progress> progress =
      new AtomicReference<>(Progress.NOTHING_WRITTEN);
  private final CompletableFuture<CallResult> result = new CompletableFuture<>();
  private final int maxAnswer;
  private volatile @Nullable Future<?> exchange;

  SentCall(int maxAnswer) {
    this.maxAnswer = maxAnswer;
  }

  /** Completes once, and never with an exception. */
  public CompletionStage<CallResult> result() {
    return result;
  }

  /** Ends the call, unless it has ended. */
  public void abandon(String why) {
    boolean unsent = progress.compareAndSet(Progress.NOTHING_WRITTEN, Progress.GIVEN_UP);
    result.complete(
        unsent ? new CallResult.NotSent(why, false, false) : new CallResult.Unanswered(why, true));
    Future<?> running = exchange;
    if (running != null) {
      running.cancel(true);
    }
  }

  void runs(Future<?> running) {
    exchange = running;
    if (result.isDone()) {
      running.cancel(true);
    }
  }

  /** Whether the request may be written: from now on its effect is possible. */
  boolean mayWrite() {
    return progress.compareAndSet(Progress.NOTHING_WRITTEN, Progress.WRITTEN);
  }

  @Override
  public void completed(CallResult.Answered raw) {
    try {
      result.complete(Decompression.of(raw, maxAnswer));
    } catch (UnusableAnswerException e) {
      failed(e);
    }
  }

  @Override
  public void failed(Exception error) {
    if (progress.get() == Progress.WRITTEN) {
      boolean usable = !(error instanceof UnusableAnswerException);
      result.complete(
          new CallResult.Unanswered(
              usable ? "the request was sent, but not answered: " + text(error) : text(error),
              usable));
      return;
    }
    RefusedAddressException refused = refusal(error);
    result.complete(
        refused != null
            ? new CallResult.NotSent(
                String.valueOf(refused.getMessage()), true, false, CallResult.Cause.GUARD)
            : new CallResult.NotSent("the request could not be sent: " + text(error), false, true));
  }

  @Override
  public void cancelled() {
    failed(new CancellationException("cancelled"));
  }

  private static @Nullable RefusedAddressException refusal(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof RefusedAddressException refused) {
        return refused;
      }
    }
    return null;
  }

  private static String text(Exception error) {
    String message = error.getMessage();
    if (error instanceof UnusableAnswerException && message != null) {
      return message;
    }
    return message == null || message.isBlank()
        ? error.getClass().getSimpleName()
        : error.getClass().getSimpleName() + ": " + message;
  }
}

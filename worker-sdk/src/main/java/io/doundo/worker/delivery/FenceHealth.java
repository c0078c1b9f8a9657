package io.doundo.worker.delivery;

import io.doundo.worker.fence.FenceStore;
import io.doundo.worker.threads.TaskTimer;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the fence can be asked and takes writes. While it cannot, or must not be used, no
 * partition is read, and the fence is checked until a check succeeds; there is never more than one
 * row of such checks. Only a check brings it up again: transitions that happen to write nothing are
 * answered by a Redis that refuses every write. Thread-safe.
 */
public final class FenceHealth {

  private static final Logger log = LoggerFactory.getLogger(FenceHealth.class);
  private static final long CHECK_EVERY_MS = 500;
  private static final long CHECK_SELDOM_MS = 10_000;

  /** A fence that fails again before this time is checked less often. */
  private static final long STEADY_NANOS = TimeUnit.SECONDS.toNanos(30);

  /**
   * The known state of the fence.
   *
   * @param reason why it cannot be asked; null while it can
   * @param since when it came to be so
   */
  public record FenceStatus(boolean up, @Nullable String reason, Instant since) {}

  private final FenceStore fence;
  private final TaskTimer timer;
  private volatile FenceStatus state = new FenceStatus(true, null, Instant.now());
  private boolean checking;
  private long upAt = System.nanoTime() - STEADY_NANOS;
  private long pauseMs = CHECK_EVERY_MS;

  FenceHealth(FenceStore fence, TaskTimer timer) {
    this.fence = fence;
    this.timer = timer;
  }

  public boolean isUp() {
    return state.up();
  }

  public FenceStatus state() {
    return state;
  }

  void down(Throwable cause) {
    String reason = String.valueOf(cause.getMessage());
    synchronized (this) {
      FenceStatus before = state;
      if (before.up()) {
        pauseMs = pauseAfter(pauseMs, System.nanoTime() - upAt);
      }
      if (!reason.equals(before.reason())) {
        log.warn("The fence is unreachable; no handler runs until it answers again: {}", reason);
        state = new FenceStatus(false, reason, before.up() ? Instant.now() : before.since());
      }
      if (checking) {
        return;
      }
      checking = true;
    }
    checkLater();
  }

  /** The pause between checks for a fence that was up for this long. */
  static long pauseAfter(long pauseBefore, long upForNanos) {
    return upForNanos < STEADY_NANOS ? Math.min(2 * pauseBefore, CHECK_SELDOM_MS) : CHECK_EVERY_MS;
  }

  private synchronized void goOn() {
    checking = false;
    if (!state.up()) {
      state = new FenceStatus(true, null, Instant.now());
      upAt = System.nanoTime();
      log.warn("The fence answers again; resuming");
    }
  }

  private void checkLater() {
    timer.after(pauseMs(), this::check);
  }

  private synchronized long pauseMs() {
    return pauseMs;
  }

  private void check() {
    asked()
        .whenComplete(
            (nothing, error) -> {
              if (error == null) {
                goOn();
              } else {
                down(unwrapped(error));
                checkLater();
              }
            });
  }

  private CompletionStage<Void> asked() {
    try {
      return fence.check();
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  static Throwable unwrapped(Throwable error) {
    Throwable cause = error.getCause();
    return error instanceof CompletionException && cause != null ? cause : error;
  }
}

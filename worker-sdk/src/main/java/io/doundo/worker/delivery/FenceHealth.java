package io.doundo.worker.delivery;

import io.doundo.worker.fence.Fence;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the fence can be asked. While it cannot, or must not be, no partition is read, and the
 * fence is tried again until it answers; there is never more than one row of such trials.
 * Thread-safe.
 */
public final class FenceHealth {

  private static final Logger log = LoggerFactory.getLogger(FenceHealth.class);
  private static final long CHECK_EVERY_MS = 500;

  private final Fence fence;
  private final Timer timer;
  private volatile boolean up = true;
  private boolean checking;
  private @Nullable String reason;

  FenceHealth(Fence fence, Timer timer) {
    this.fence = fence;
    this.timer = timer;
  }

  public boolean isUp() {
    return up;
  }

  /** A transition was answered. */
  void up() {
    if (!up) {
      goOn();
    }
  }

  void down(Throwable cause) {
    boolean first;
    synchronized (this) {
      up = false;
      String told = String.valueOf(cause.getMessage());
      if (!told.equals(reason)) {
        reason = told;
        log.warn("The fence cannot be asked: nothing runs until it answers again: {}", told);
      }
      first = !checking;
      checking = true;
    }
    if (first) {
      checkLater();
    }
  }

  private synchronized void goOn() {
    if (!up) {
      up = true;
      reason = null;
      log.warn("The fence answers again: going on");
    }
  }

  private void checkLater() {
    timer.after(CHECK_EVERY_MS, this::check);
  }

  private void check() {
    asked()
        .whenComplete(
            (nothing, error) -> {
              if (error == null) {
                synchronized (this) {
                  checking = false;
                }
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

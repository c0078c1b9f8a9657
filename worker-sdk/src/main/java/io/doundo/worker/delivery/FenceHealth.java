package io.doundo.worker.delivery;

import io.doundo.worker.fence.Fence;
import io.doundo.worker.fence.FenceUnavailableException;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the fence can be asked. While it cannot, no partition is read, and the fence is tried
 * again until it answers. Thread-safe.
 */
public final class FenceHealth {

  private static final Logger log = LoggerFactory.getLogger(FenceHealth.class);
  private static final long CHECK_EVERY_MS = 500;

  private final Fence fence;
  private final Timer timer;
  private volatile boolean up = true;

  FenceHealth(Fence fence, Timer timer) {
    this.fence = fence;
    this.timer = timer;
  }

  public boolean isUp() {
    return up;
  }

  void up() {
    if (!up) {
      change(true, "The fence answers again: going on");
    }
  }

  void down(Throwable reason) {
    if (up) {
      change(
          false,
          "The fence cannot be asked: nothing runs until it answers again: " + reason.getMessage());
      checkLater();
    }
  }

  private synchronized void change(boolean nowUp, String message) {
    if (up != nowUp) {
      up = nowUp;
      log.warn("{}", message);
    }
  }

  private void checkLater() {
    timer.after(CHECK_EVERY_MS, this::check);
  }

  private void check() {
    fence
        .check()
        .whenComplete(
            (nothing, error) -> {
              if (error == null) {
                up();
              } else {
                Throwable cause = unwrapped(error);
                if (!(cause instanceof FenceUnavailableException)) {
                  log.error("The fence must not be used", cause);
                }
                checkLater();
              }
            });
  }

  static Throwable unwrapped(Throwable error) {
    Throwable cause = error.getCause();
    return error instanceof CompletionException && cause != null ? cause : error;
  }
}

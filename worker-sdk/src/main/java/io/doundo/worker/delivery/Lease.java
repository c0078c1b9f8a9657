package io.doundo.worker.delivery;

import io.doundo.worker.fence.FenceKey;
import io.doundo.worker.fence.RenewResult;
import io.doundo.worker.fence.Token;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a run's lease until it ends, and interrupts the handler when the step is lost or an UNDO
 * waits for it. Thread-safe.
 */
final class Lease {

  private static final Logger log = LoggerFactory.getLogger(Lease.class);

  private final GuardedFence fence;
  private final Timer timer;
  private final FenceKey key;
  private final Token token;
  private final Duration length;
  private final Runnable onLost;

  private long endsAt;
  private boolean ended;
  private boolean lost;
  private boolean abandoned;
  private @Nullable Thread runner;
  private @Nullable Future<?> next;

  Lease(
      GuardedFence fence,
      Timer timer,
      FenceKey key,
      Token token,
      Duration length,
      Runnable onLost) {
    this.fence = fence;
    this.timer = timer;
    this.key = key;
    this.token = token;
    this.length = length;
    this.onLost = onLost;
  }

  /**
   * Begins to renew it.
   *
   * @param askedAt when the fence was asked for it, by {@link System#nanoTime}; it may have begun
   *     any time after
   */
  void begin(long askedAt) {
    synchronized (this) {
      endsAt = askedAt + length.toNanos();
    }
    later(length.toMillis() / 3);
  }

  /** Whether it cannot have ended yet, as far as this process knows. */
  synchronized boolean lasts() {
    return !lost && System.nanoTime() - endsAt < 0;
  }

  Token token() {
    return token;
  }

  Duration length() {
    return length;
  }

  /** From now on this thread is the one to interrupt. */
  synchronized void runningOn(Thread thread) {
    runner = thread;
    if (abandoned) {
      thread.interrupt();
    }
  }

  /** The handler is back: nobody is interrupted any more. Clears the thread's interrupt. */
  synchronized void returned() {
    runner = null;
    // An interrupt that came too late must not meet the thread's next task.
    Thread.interrupted();
  }

  /** The run is settled. */
  synchronized void end() {
    ended = true;
    if (next != null) {
      next.cancel(false);
    }
  }

  /** Whether the handler was told to stop. */
  synchronized boolean abandoned() {
    return abandoned;
  }

  /** Interrupts the handler for a reason other than the fence's. */
  void abandon() {
    synchronized (this) {
      abandoned = true;
      if (runner != null) {
        runner.interrupt();
      }
    }
  }

  /** Renews at once, to learn early whether an UNDO waits. */
  void renew() {
    long now = System.nanoTime();
    synchronized (this) {
      if (ended || lost) {
        return;
      }
    }
    fence
        .once(asked -> asked.renew(key, token, length))
        .whenComplete(
            (result, error) -> {
              if (error == null) {
                renewed(result, now);
              } else {
                // Nobody else can take the step from a fence that cannot be asked.
                later(Math.min(1_000, length.toMillis() / 3));
              }
            });
  }

  private void renewed(RenewResult result, long askedAt) {
    switch (result) {
      case HELD -> held(askedAt);
      case UNDO_WAITS -> {
        held(askedAt);
        abandon();
      }
      case LIMIT_REACHED -> {
        long left;
        synchronized (this) {
          left = TimeUnit.NANOSECONDS.toMillis(endsAt - System.nanoTime());
        }
        schedule(this::lose, Math.max(1, left));
      }
      case LOST -> lose();
    }
  }

  private void held(long askedAt) {
    synchronized (this) {
      endsAt = Math.max(endsAt, askedAt + length.toNanos());
    }
    later(length.toMillis() / 3);
  }

  private void lose() {
    synchronized (this) {
      if (ended || lost) {
        return;
      }
      lost = true;
    }
    log.warn("The lease of {} of flow {} has ended", key.step(), key.flowId());
    abandon();
    onLost.run();
  }

  private void later(long ms) {
    schedule(this::renew, Math.max(1, ms));
  }

  private synchronized void schedule(Runnable task, long ms) {
    if (ended || lost) {
      return;
    }
    if (next != null) {
      next.cancel(false);
    }
    next = timer.cancellable(ms, task);
  }
}

package io.doundo.worker.delivery;

import io.doundo.worker.fence.Claim;
import io.doundo.worker.fence.FenceKey;
import io.doundo.worker.fence.RenewResult;
import io.doundo.worker.fence.Token;
import io.doundo.worker.threads.CoarseTimer;
import io.doundo.worker.threads.CoarseTimer.TaskGroup;
import io.doundo.worker.threads.TaskTimer;
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
  private final TaskTimer timer;
  private final CoarseTimer renewals;
  private final Runnable renewal = this::renew;
  private final FenceKey key;
  private final Token token;
  private final Duration length;
  private final LeaseTerm term;
  private final Runnable onLost;

  private boolean ended;
  private boolean lost;
  private boolean abandoned;
  private @Nullable Runnable interrupt;
  private @Nullable Future<?> next;
  private @Nullable TaskGroup nextRenewal;

  /**
   * A lease that has not begun.
   *
   * @param renewals is late by a small part of the lease at most
   */
  Lease(
      GuardedFence fence,
      TaskTimer timer,
      CoarseTimer renewals,
      FenceKey key,
      Token token,
      Claim claim,
      Runnable onLost) {
    this.fence = fence;
    this.timer = timer;
    this.renewals = renewals;
    this.key = key;
    this.token = token;
    this.length = claim.lease();
    this.term = new LeaseTerm(claim.lease(), claim.limit());
    this.onLost = onLost;
  }

  /**
   * Begins to renew it.
   *
   * @param askedAt when it was requested from the fence, by {@link System#nanoTime}; it may have
   *     begun any time after
   */
  synchronized void begin(long askedAt) {
    term.granted(askedAt);
    renewLater();
  }

  /** Whether it cannot have ended yet, as far as this process knows. */
  synchronized boolean lasts() {
    return !lost && term.lasts(System.nanoTime());
  }

  synchronized boolean isLost() {
    return lost;
  }

  Token token() {
    return token;
  }

  GuardedFence fence() {
    return fence;
  }

  Duration length() {
    return length;
  }

  /** From now on this thread is the one to interrupt. */
  void runningOn(Thread thread) {
    running(thread::interrupt);
  }

  /** From now on this ends the run early; it is called at once if the run is abandoned already. */
  synchronized void running(Runnable ending) {
    interrupt = ending;
    if (abandoned) {
      ending.run();
    }
  }

  /** The run has ended: no interrupts from now on. */
  synchronized void returned() {
    interrupt = null;
  }

  /** The handler has returned on this thread, whose interrupt is cleared. */
  synchronized void returnedFromThread() {
    interrupt = null;
    // An interrupt that came too late must not meet the thread's next task.
    Thread.interrupted();
  }

  /** The run is settled. */
  synchronized void end() {
    ended = true;
    unschedule();
  }

  /** Whether the handler was told to stop. */
  synchronized boolean abandoned() {
    return abandoned;
  }

  /** Interrupts the handler for a reason other than the fence's. */
  void abandon() {
    synchronized (this) {
      abandoned = true;
      if (interrupt != null) {
        interrupt.run();
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
                notRenewed();
              }
            });
  }

  private void renewed(RenewResult result, long askedAt) {
    switch (result) {
      // A forgotten run continues: its record is written again when it ends.
      case HELD, FORGOTTEN -> held(askedAt);
      case UNDO_WAITS -> {
        held(askedAt);
        abandon();
      }
      case LIMIT_REACHED -> loseAtItsEnd();
      case LOST -> lose();
    }
  }

  private synchronized void held(long askedAt) {
    term.renewed(askedAt);
    renewLater();
  }

  /** An unreachable fence gives the step to no other worker before the limit. */
  private synchronized void notRenewed() {
    long now = System.nanoTime();
    if (term.limitReached(now)) {
      schedule(this::lose, 0);
    } else {
      schedule(renewal, term.untilRetry(now));
    }
  }

  private synchronized void renewLater() {
    long now = System.nanoTime();
    long wait = term.untilRenewal(now);
    if (term.endsBeforeRenewal(now)) {
      loseAtItsEnd();
    } else if (renewals.suits(wait) && 2 * wait < term.left(now)) {
      // Late by half of the wait at most, and so in time.
      renewWithOthers(wait);
    } else {
      schedule(renewal, wait);
    }
  }

  /** Most runs end before: their leases should cost the timer nothing. */
  private void renewWithOthers(long nanos) {
    if (!ended && !lost) {
      unschedule();
      nextRenewal = renewals.after(nanos, renewal);
    }
  }

  private synchronized void loseAtItsEnd() {
    schedule(this::lose, term.left(System.nanoTime()));
  }

  private void lose() {
    synchronized (this) {
      if (ended || lost) {
        return;
      }
      lost = true;
    }
    log.warn("The lease of {} of flow {} has expired", key.step(), key.flowId());
    abandon();
    onLost.run();
  }

  private synchronized void schedule(Runnable task, long nanos) {
    if (ended || lost) {
      return;
    }
    unschedule();
    next = timer.cancellable(TimeUnit.NANOSECONDS.toMillis(nanos) + 1, task);
  }

  private void unschedule() {
    if (next != null) {
      next.cancel(false);
      next = null;
    }
    if (nextRenewal != null) {
      nextRenewal.withdraw(renewal);
      nextRenewal = null;
    }
  }
}

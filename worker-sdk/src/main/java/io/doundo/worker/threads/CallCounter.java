package io.doundo.worker.threads;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Counts calls that any threads begin and end, and lets one thread wait until those that have begun
 * have ended. Calls end nearly in the order in which they began, so only their number is compared.
 * Thread-safe, but for one waiting thread at a time.
 */
public final class CallCounter {

  private final AtomicLong begun = new AtomicLong();
  private final AtomicLong ended = new AtomicLong();

  /** The call at whose end the waiting thread is woken, by its number; 0 while none waits. */
  private volatile long awaited;

  private volatile @Nullable Thread waiting;

  /** A call begins. It ends once, whatever becomes of it. */
  public void begins() {
    begun.incrementAndGet();
  }

  public void ends() {
    if (ended.incrementAndGet() == awaited) {
      LockSupport.unpark(waiting);
    }
  }

  /** Whether every call that has begun has ended. */
  public boolean areEnded() {
    // In this order: no call ends before it has begun.
    long before = ended.get();
    return before == begun.get();
  }

  /**
   * Waits until as many calls have ended as have begun by now. Returns early when that takes longer
   * than this, and when the thread is interrupted, whose interrupt is kept.
   */
  public void awaitEnded(long nanos) {
    long target = begun.get();
    if (ended.get() >= target) {
      return;
    }
    long until = System.nanoTime() + nanos;
    waiting = Thread.currentThread();
    // Read by ends() after it has counted; so either it wakes this thread, or this thread sees it.
    awaited = target;
    long left = nanos;
    while (ended.get() < target && left > 0 && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(this, left);
      left = until - System.nanoTime();
    }
    awaited = 0;
    waiting = null;
  }
}

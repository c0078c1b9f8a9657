package io.doundo.worker.delivery;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A semaphore whose waiters hold no thread: first come, first served. Waiters begin one after the
 * other on a thread that gives a slot back; one that gives it back at once, as all do whose
 * partition is let go, does not deepen the stack. Thread-safe.
 */
final class Slots {

  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int free;

  /** Whether a thread is handing free slots to waiters; no slot is free else while one waits. */
  private boolean handing;

  Slots(int count) {
    this.free = count;
  }

  /** Runs the task with a slot, now or when one is given back; the task gives it back. */
  void take(Runnable task) {
    synchronized (waiting) {
      if (free == 0 || !waiting.isEmpty()) {
        waiting.add(task);
        return;
      }
      free--;
    }
    task.run();
  }

  void giveBack() {
    synchronized (waiting) {
      free++;
      if (handing) {
        return;
      }
      handing = true;
    }
    Runnable next = next();
    while (next != null) {
      try {
        next.run();
      } catch (RuntimeException | Error e) {
        synchronized (waiting) {
          handing = false;
        }
        throw e;
      }
      next = next();
    }
  }

  private @Nullable Runnable next() {
    synchronized (waiting) {
      Runnable next = free > 0 ? waiting.poll() : null;
      if (next == null) {
        handing = false;
      } else {
        free--;
      }
      return next;
    }
  }
}

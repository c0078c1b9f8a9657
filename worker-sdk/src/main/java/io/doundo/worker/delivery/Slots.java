package io.doundo.worker.delivery;

import java.util.ArrayDeque;
import java.util.Queue;

/** A semaphore whose waiters hold no thread: first come, first served. Thread-safe. */
final class Slots {

  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int free;

  Slots(int count) {
    this.free = count;
  }

  /** Runs the task with a slot, now or when one is given back; the task gives it back. */
  void take(Runnable task) {
    synchronized (waiting) {
      if (free == 0) {
        waiting.add(task);
        return;
      }
      free--;
    }
    task.run();
  }

  void giveBack() {
    Runnable next;
    synchronized (waiting) {
      next = waiting.poll();
      if (next == null) {
        free++;
        return;
      }
    }
    next.run();
  }
}

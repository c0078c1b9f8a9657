package io.doundo.worker.threads;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A semaphore whose waiters hold no thread: first come, first served. Waiters begin one after the
 * other on a thread that gives a slot back; one that gives it back at once, as all do whose
 * partition is let go, does not deepen the stack. Thread-safe.
 */
public final class AsyncSemaphore {

  private static final Logger log = LoggerFactory.getLogger(AsyncSemaphore.class);

  private final Queue<Consumer<Permit>> waiting = new ArrayDeque<>();
  private int free;

  /** Whether a thread is handing free slots to waiters; no slot is free else while one waits. */
  private boolean releasing;

  public AsyncSemaphore(int count) {
    this.free = count;
  }

  /** A slot that is taken. Giving it back twice gives it back once. */
  public final class Permit {

    private boolean taken = true;

    private Permit() {}

    public void release() {
      synchronized (waiting) {
        if (!taken) {
          return;
        }
        taken = false;
        free++;
        if (releasing) {
          return;
        }
        releasing = true;
      }
      runWaiting();
    }
  }

  /**
   * Runs the task with a slot, now or when one is given back; the task gives it back. A task that
   * throws has given it back.
   */
  public void acquire(Consumer<Permit> task) {
    synchronized (waiting) {
      if (free == 0 || !waiting.isEmpty()) {
        waiting.add(task);
        return;
      }
      free--;
    }
    run(task);
  }

  private void run(Consumer<Permit> task) {
    Permit permit = new Permit();
    try {
      task.accept(permit);
    } catch (RuntimeException | Error e) {
      log.error("A command could not start; its slot is released", e);
      permit.release();
    }
  }

  private void runWaiting() {
    Consumer<Permit> next = next();
    while (next != null) {
      run(next);
      next = next();
    }
  }

  private @Nullable Consumer<Permit> next() {
    synchronized (waiting) {
      Consumer<Permit> next = free > 0 ? waiting.poll() : null;
      if (next == null) {
        releasing = false;
      } else {
        free--;
      }
      return next;
    }
  }
}

package io.doundo.worker.delivery;

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
final class Slots {

  private static final Logger log = LoggerFactory.getLogger(Slots.class);

  private final Queue<Consumer<Slot>> waiting = new ArrayDeque<>();
  private int free;

  /** Whether a thread is handing free slots to waiters; no slot is free else while one waits. */
  private boolean handing;

  Slots(int count) {
    this.free = count;
  }

  /** A slot that is taken. Giving it back twice gives it back once. */
  final class Slot {

    private boolean taken = true;

    private Slot() {}

    void giveBack() {
      synchronized (waiting) {
        if (!taken) {
          return;
        }
        taken = false;
        free++;
        if (handing) {
          return;
        }
        handing = true;
      }
      handOut();
    }
  }

  /**
   * Runs the task with a slot, now or when one is given back; the task gives it back. A task that
   * throws has given it back.
   */
  void take(Consumer<Slot> task) {
    synchronized (waiting) {
      if (free == 0 || !waiting.isEmpty()) {
        waiting.add(task);
        return;
      }
      free--;
    }
    run(task);
  }

  private void run(Consumer<Slot> task) {
    Slot slot = new Slot();
    try {
      task.accept(slot);
    } catch (RuntimeException | Error e) {
      log.error("A command could not start; its slot is released", e);
      slot.giveBack();
    }
  }

  private void handOut() {
    Consumer<Slot> next = next();
    while (next != null) {
      run(next);
      next = next();
    }
  }

  private @Nullable Consumer<Slot> next() {
    synchronized (waiting) {
      Consumer<Slot> next = free > 0 ? waiting.poll() : null;
      if (next == null) {
        handing = false;
      } else {
        free--;
      }
      return next;
    }
  }
}

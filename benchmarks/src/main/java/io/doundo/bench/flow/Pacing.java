package io.doundo.bench.flow;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * When the flows of a run start: as many as are let in, or at a rate. The caller says how one is
 * started. Stateless.
 */
public final class Pacing {

  private static final long PAUSE_NANOS = 1_000_000;
  private static final long SPIN_NANOS = 20_000;

  private Pacing() {}

  /** Starts a flow whenever fewer than the limit are in flight. */
  public static void pour(FlowRun run, int inFlight, Duration patience, IntConsumer start) {
    LoadProgress progress = new LoadProgress(run, patience);
    for (int i = 0; i < run.flows(); i++) {
      while (i - run.endedCount() >= inFlight) {
        if (progress.isStuck()) {
          return;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      run.started(i, System.nanoTime());
      start.accept(i);
    }
  }

  /**
   * Starts flows at a rate, whatever becomes of them. A flow's start counts from when it was due: a
   * late driver must not make flows look faster.
   */
  public static void drip(FlowRun run, double flowsPerSecond, IntConsumer start) {
    double interval = 1e9 / flowsPerSecond;
    long begin = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(10);
    for (int i = 0; i < run.flows(); i++) {
      long due = begin + (long) (i * interval);
      awaitDue(due);
      run.started(i, due);
      start.accept(i);
    }
  }

  /**
   * Waits until all flows have ended, or none has for a while.
   *
   * @param check throws when no end can be seen any more
   */
  public static void awaitEnds(FlowRun run, Duration patience, Runnable check) {
    LoadProgress progress = new LoadProgress(run, patience);
    while (run.endedCount() < run.flows() && !progress.isStuck()) {
      check.run();
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Returns at a moment of {@link System#nanoTime}, or at once if it is over. */
  static void awaitDue(long due) {
    long left = due - System.nanoTime();
    while (left > 0) {
      if (left > SPIN_NANOS) {
        LockSupport.parkNanos(left - SPIN_NANOS);
      } else {
        Thread.onSpinWait();
      }
      left = due - System.nanoTime();
    }
  }

  /** Notices that nothing ends any more. */
  private static final class LoadProgress {

    private final FlowRun run;
    private final long patience;
    private int seen = -1;
    private long since = System.nanoTime();

    LoadProgress(FlowRun run, Duration patience) {
      this.run = run;
      this.patience = patience.toNanos();
    }

    boolean isStuck() {
      int ended = run.endedCount();
      long now = System.nanoTime();
      if (ended != seen) {
        seen = ended;
        since = now;
      }
      return now - since > patience;
    }
  }
}

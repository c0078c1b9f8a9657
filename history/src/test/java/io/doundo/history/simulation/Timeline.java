package io.doundo.history.simulation;

import java.util.PriorityQueue;

/** The simulated clock and the planned acts, ordered by time, then by when they were planned. */
public final class Timeline {

  /** The start time of every run, ms since the epoch. */
  public static final long BEGIN = 1_000_000;

  /** The most acts of a run. No normal run comes near it; one that reaches it never settles. */
  private static final int MAX_ACTS = 20_000;

  private record Act(long at, int order, Runnable what) implements Comparable<Act> {
    @Override
    public int compareTo(Act other) {
      return at != other.at ? Long.compare(at, other.at) : Integer.compare(order, other.order);
    }
  }

  private final PriorityQueue<Act> acts = new PriorityQueue<>(64);
  private long now = BEGIN;
  private int planned;
  private int done;

  public long now() {
    return now;
  }

  public void after(long delay, Runnable what) {
    at(now + delay, what);
  }

  /** Plans an act; one in the past happens now. */
  public void at(long time, Runnable what) {
    acts.add(new Act(Math.max(now, time), planned++, what));
  }

  /** Runs all planned acts, until none is left. */
  public void run() {
    for (Act act = acts.poll(); act != null; act = acts.poll()) {
      now = act.at;
      if (++done > MAX_ACTS) {
        throw new Violation("I1", "does not come to rest: something happens over and over");
      }
      act.what.run();
    }
  }
}

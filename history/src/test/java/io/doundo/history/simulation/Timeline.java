package io.doundo.history.simulation;

import java.util.PriorityQueue;

/** The simulated clock and what is still to happen, in order of time, then of planning. */
public final class Timeline {

  /** When every run begins, ms since the epoch. */
  public static final long BEGIN = 1_000_000;

  /** No run needs nearly as many; one that does never comes to rest. */
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

  /** Lets everything happen until nothing is planned any more. */
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

package io.doundo.orchestrator.streams.task.meter;

import java.util.Arrays;

/**
 * Amounts that are added to their series later, and only if the work that they count is committed.
 * Not thread-safe.
 */
public final class Tally {

  /** A counter or a timer; the amount for a timer is in ms. */
  @FunctionalInterface
  interface Series {
    void add(long amount);
  }

  private Series[] series = new Series[8];
  private long[] amounts = new long[8];
  private int size;

  public boolean isEmpty() {
    return size == 0;
  }

  void add(Series to, long amount) {
    makeRoom(1);
    series[size] = to;
    amounts[size] = amount;
    size++;
  }

  void addAll(Tally other) {
    makeRoom(other.size);
    System.arraycopy(other.series, 0, series, size, other.size);
    System.arraycopy(other.amounts, 0, amounts, size, other.size);
    size += other.size;
  }

  /** Adds every amount to its series, and begins anew. */
  void publish() {
    for (int i = 0; i < size; i++) {
      series[i].add(amounts[i]);
    }
    size = 0;
  }

  /** Begins anew: the work was aborted. */
  void drop() {
    size = 0;
  }

  private void makeRoom(int more) {
    if (size + more > series.length) {
      int length = Math.max(series.length * 2, size + more);
      series = Arrays.copyOf(series, length);
      amounts = Arrays.copyOf(amounts, length);
    }
  }
}

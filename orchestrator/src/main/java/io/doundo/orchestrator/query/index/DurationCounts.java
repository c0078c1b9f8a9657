package io.doundo.orchestrator.query.index;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Counts durations by their length, exact to a sixteenth of it, however many there are. Not
 * thread-safe.
 */
public final class DurationCounts {

  private static final int FINE_BITS = 4;
  private static final int FINE = 1 << FINE_BITS;

  /** As long as the longest so far asks for: most steps are never asked for much. */
  private long[] counts = new long[0];

  private long size;

  /** Adds a duration in ms; a clock that was set back makes it none. */
  public void add(long ms) {
    int index = indexOf(Math.max(0, ms));
    if (index >= counts.length) {
      counts = Arrays.copyOf(counts, index + FINE);
    }
    counts[index]++;
    size++;
  }

  public void addAll(DurationCounts others) {
    if (others.counts.length > counts.length) {
      counts = Arrays.copyOf(counts, others.counts.length);
    }
    for (int index = 0; index < others.counts.length; index++) {
      counts[index] += others.counts[index];
    }
    size += others.size;
  }

  /** The duration that so many percent do not exceed, as the longest of its kind; null for none. */
  public @Nullable Long percentile(int percent) {
    if (size == 0) {
      return null;
    }
    long wanted = Math.max(1, (size * percent + 99) / 100);
    long seen = 0;
    for (int index = 0; index < counts.length; index++) {
      seen += counts[index];
      if (seen >= wanted) {
        return longestOf(index);
      }
    }
    throw new IllegalStateException("the counts are fewer than their number");
  }

  private static int indexOf(long ms) {
    if (ms < FINE) {
      return (int) ms;
    }
    int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(ms) - FINE_BITS;
    return FINE * (shift + 1) + (int) (ms >>> shift) - FINE;
  }

  private static long longestOf(int index) {
    if (index < FINE) {
      return index;
    }
    int shift = index / FINE - 1;
    return ((long) (index % FINE + FINE + 1) << shift) - 1;
  }
}

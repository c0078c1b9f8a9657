package io.doundo.bench.stack;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Whether something is warm: the median of its last eight windows differs by less than 3 % from
 * that of the eight before. Single windows differ by 15 % and more on a virtual machine at rest, so
 * that a few of them that agree, or do not, say little. Not thread-safe.
 */
public final class SteadyState {

  private static final int WINDOWS = 8;
  private static final double MOST_APART = 0.03;

  private final List<Double> windows = new ArrayList<>();

  public void add(double figure) {
    windows.add(figure);
  }

  public boolean isSteady() {
    return windows.size() >= 2 * WINDOWS && apart() < MOST_APART;
  }

  /** By how much of the earlier windows' median the last ones' differs. */
  private double apart() {
    int size = windows.size();
    double before = median(windows.subList(size - 2 * WINDOWS, size - WINDOWS));
    return Math.abs(median(windows.subList(size - WINDOWS, size)) - before) / before;
  }

  private static double median(List<Double> figures) {
    List<Double> sorted = figures.stream().sorted().toList();
    int size = sorted.size();
    return (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
  }

  /** For people. */
  @Override
  public String toString() {
    int size = windows.size();
    if (size < 2 * WINDOWS) {
      return "not known to be warm: only %d windows were run, %d are needed"
          .formatted(size, 2 * WINDOWS);
    }
    return String.format(
        Locale.ROOT,
        "%s: a flow cost %.0f µs of CPU in the last %d of %d windows, %.1f %% off those before",
        isSteady() ? "warm" : "still warming up",
        median(windows.subList(size - WINDOWS, size)),
        WINDOWS,
        size,
        100 * apart());
  }
}

package io.doundo.bench.stack;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Whether something is warm: its last three windows differ by less than 3 %. Not thread-safe. */
public final class SteadyState {

  private static final int WINDOWS = 3;
  private static final double MOST_APART = 0.03;

  private final List<Double> windows = new ArrayList<>();

  public void add(double figure) {
    windows.add(figure);
  }

  public boolean isSteady() {
    return windows.size() >= WINDOWS && apart() < MOST_APART;
  }

  /** By how much of the least of them the last windows differ. */
  double apart() {
    List<Double> last = windows.subList(Math.max(0, windows.size() - WINDOWS), windows.size());
    double least = Collections.min(last);
    return (Collections.max(last) - least) / least;
  }

  /** For people. */
  @Override
  public String toString() {
    if (windows.size() < WINDOWS) {
      return "not known to be warm: only %d windows were run, %d are needed"
          .formatted(windows.size(), WINDOWS);
    }
    return String.format(
        Locale.ROOT,
        "%s: a flow cost %.0f µs of CPU in the last of %d windows, and the last three differ by %.1f %%",
        isSteady() ? "warm" : "still warming up",
        windows.get(windows.size() - 1),
        windows.size(),
        100 * apart());
  }
}

package io.doundo.history.simulation;

import java.util.EnumMap;
import java.util.Map;

/** Counts what happened in one run or many. Not thread-safe, except {@link #NONE}. */
public final class Coverage {

  /** Counts nothing. */
  public static final Coverage NONE = new Coverage();

  private final Map<Happening, Long> counts = new EnumMap<>(Happening.class);

  public void count(Happening what) {
    if (this != NONE) {
      counts.merge(what, 1L, Long::sum);
    }
  }

  public long of(Happening what) {
    return counts.getOrDefault(what, 0L);
  }
}

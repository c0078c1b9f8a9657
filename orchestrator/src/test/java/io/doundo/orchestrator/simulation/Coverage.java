package io.doundo.orchestrator.simulation;

import java.util.EnumMap;
import java.util.Map;

/**
 * Counts what has happened, over one run or many. Not for several threads, but for {@link #NONE}.
 */
final class Coverage {

  /** Where nobody asks. */
  static final Coverage NONE = new Coverage();

  private final Map<Happening, Long> counts = new EnumMap<>(Happening.class);

  void count(Happening what) {
    if (this != NONE) {
      counts.merge(what, 1L, Long::sum);
    }
  }

  long of(Happening what) {
    return counts.getOrDefault(what, 0L);
  }
}

package io.doundo.launcher.chaos;

import java.util.Map;
import java.util.TreeMap;

/**
 * How long the flows of each partition stood still: the longest time between two committed
 * transitions, since a moment. Times are of {@link System#nanoTime}. Thread-safe.
 */
final class StallTimes {

  private final Map<Integer, Long> last = new TreeMap<>();
  private final Map<Integer, Long> longest = new TreeMap<>();

  synchronized void seen(int partition, long nanos) {
    Long before = last.put(partition, nanos);
    if (before != null) {
      longest.merge(partition, nanos - before, Math::max);
    }
  }

  /** Counts from this moment; what stood still until now is forgotten. */
  synchronized void restart(long nanos) {
    last.replaceAll((partition, before) -> nanos);
    longest.clear();
  }

  /** The longest stand of each partition, in ms; one that has not moved since stands until now. */
  synchronized Map<Integer, Long> longestStalls(long now) {
    Map<Integer, Long> stalls = new TreeMap<>();
    last.forEach(
        (partition, before) ->
            stalls.put(
                partition,
                Math.max(longest.getOrDefault(partition, 0L), now - before) / 1_000_000));
    return stalls;
  }
}

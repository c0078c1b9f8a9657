package io.doundo.orchestrator.query.flow;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The flows whose starts were written a moment ago and may not have been taken yet. A client that
 * starts a flow and reads it at once must not be told that there is none. Remembers a bounded
 * number for a short time. Thread-safe.
 */
final class ExpectedFlows {

  private static final int MOST = 10_000;
  private static final Duration REMEMBERED = Duration.ofSeconds(10);

  private final LongSupplier nanoClock;

  private final Map<String, Long> writtenAt =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MOST;
        }
      };

  /**
   * @param nanoClock as {@link System#nanoTime}
   */
  ExpectedFlows(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  synchronized void add(String flowId) {
    writtenAt.put(flowId, nanoClock.getAsLong());
  }

  synchronized boolean contains(String flowId) {
    Long at = writtenAt.get(flowId);
    if (at == null) {
      return false;
    }
    if (nanoClock.getAsLong() - at > REMEMBERED.toNanos()) {
      writtenAt.remove(flowId);
      return false;
    }
    return true;
  }

  synchronized void remove(String flowId) {
    writtenAt.remove(flowId);
  }
}

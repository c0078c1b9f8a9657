package io.doundo.orchestrator.query.index;

import io.doundo.orchestrator.core.state.FlowStatus;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Numbers of flows, kept up to date with each row. One thread writes, any may read. */
@SuppressWarnings("EnumOrdinal") // Counted in arrays within one release; nothing is stored.
final class FlowCounts {

  private static final FlowStatus[] STATUSES = FlowStatus.values();

  private final AtomicIntegerArray byStatus = new AtomicIntegerArray(STATUSES.length);
  private final AtomicInteger paused = new AtomicInteger();
  private final AtomicInteger inDoubt = new AtomicInteger();
  private final Map<String, AtomicIntegerArray> byOrchestration = new ConcurrentHashMap<>();

  /**
   * @param by 1 for a row that is added, -1 for one that is removed
   */
  void change(String orchestration, int flags, int by) {
    int status = Flags.statusOrdinal(flags);
    byStatus.addAndGet(status, by);
    byOrchestration
        .computeIfAbsent(orchestration, unused -> new AtomicIntegerArray(STATUSES.length))
        .addAndGet(status, by);
    if (Flags.has(flags, Flags.PAUSED)) {
      paused.addAndGet(by);
    }
    if (Flags.has(flags, Flags.IN_DOUBT)) {
      inDoubt.addAndGet(by);
    }
  }

  void clear() {
    for (int i = 0; i < STATUSES.length; i++) {
      byStatus.set(i, 0);
    }
    paused.set(0);
    inDoubt.set(0);
    byOrchestration.clear();
  }

  Map<FlowStatus, Long> byStatus() {
    return counts(byStatus);
  }

  Map<String, Map<FlowStatus, Long>> byOrchestration() {
    Map<String, Map<FlowStatus, Long>> counts = new TreeMap<>();
    byOrchestration.forEach((name, flows) -> counts.put(name, counts(flows)));
    return counts;
  }

  long paused() {
    return paused.get();
  }

  long inDoubt() {
    return inDoubt.get();
  }

  private static Map<FlowStatus, Long> counts(AtomicIntegerArray flows) {
    Map<FlowStatus, Long> counts = new EnumMap<>(FlowStatus.class);
    for (FlowStatus status : STATUSES) {
      long count = flows.get(status.ordinal());
      if (count > 0) {
        counts.put(status, count);
      }
    }
    return counts;
  }
}

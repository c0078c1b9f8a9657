package io.doundo.orchestrator.app;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.query.flow.FlowIndex;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * Meters of the index behind the flow lists. It costs the data plane nothing; every instance counts
 * the flows of all instances, and without the index there is none of it. The engine itself counts
 * parked flows, which must be right however many flows there are.
 */
final class FlowMetrics implements FlowIndex.Listener {

  private static final Duration RECOUNT = Duration.ofSeconds(5);

  private final MeterRegistry meters;
  private final long startedAt = System.currentTimeMillis();
  private final Map<FlowStatus, Counter> ended = new EnumMap<>(FlowStatus.class);
  private final Counter deadLetters;
  private final Counter unreadable;
  private Map<FlowStatus, Long> counts = Map.of();
  private long countedAt = System.nanoTime() - RECOUNT.toNanos();

  FlowMetrics(MeterRegistry meters) {
    this.meters = meters;
    this.deadLetters =
        Counter.builder("doundo.dead.letters")
            .description("Dead letters written since this instance started")
            .register(meters);
    this.unreadable =
        Counter.builder("doundo.index.unreadable")
            .description("Flow records that could not be read into the flow lists")
            .register(meters);
    for (FlowStatus status : FlowStatus.values()) {
      if (status.isTerminal()) {
        ended.put(
            status,
            Counter.builder("doundo.flows.ended")
                .description("Flows ended since this instance started")
                .tag("status", status.name())
                .register(meters));
      }
    }
  }

  /** Shows how many flows the index has in each status that is neither an end nor parked. */
  void observe(FlowIndex index) {
    for (FlowStatus status : FlowStatus.values()) {
      if (!status.isTerminal() && status != FlowStatus.PARKED) {
        Gauge.builder("doundo.flows", () -> count(index, status))
            .description("Flows that have not ended, parked ones included")
            .tag("status", status.name())
            .register(meters);
      }
    }
  }

  @Override
  public void onEnded(FlowStatus status, long endedAt) {
    Counter counter = ended.get(status);
    if (counter != null && endedAt >= startedAt) {
      counter.increment();
    }
  }

  @Override
  public void onDeadLetter() {
    deadLetters.increment();
  }

  @Override
  public void onUnreadable() {
    unreadable.increment();
  }

  /** Counts for all gauges at once, because each count looks at every flow. */
  private synchronized long count(FlowIndex index, FlowStatus status) {
    if (System.nanoTime() - countedAt >= RECOUNT.toNanos()) {
      counts = index.countByStatus();
      countedAt = System.nanoTime();
    }
    return counts.getOrDefault(status, 0L);
  }
}

package io.doundo.orchestrator.app;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.query.tail.FlowFigures;
import io.doundo.orchestrator.query.tail.FlowFigures.Count;
import io.doundo.orchestrator.query.tail.FlowFigures.Figures;
import io.doundo.orchestrator.query.tail.FlowFigures.Kind;
import io.doundo.orchestrator.query.tail.FlowFigures.Unanswered;
import io.doundo.orchestrator.query.tail.FlowIndex;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * Gauges of the index behind the flow lists, for the flows of this instance's partitions, so that
 * the figures of several instances add up. Costs the data plane nothing; without the index there
 * are none of them. Counters are made by the engine.
 */
final class FlowMetrics implements FlowIndex.Listener {

  private static final List<FlowStatus> LIVE =
      List.of(FlowStatus.WAITING, FlowStatus.IN_PROGRESS, FlowStatus.UNDOING, FlowStatus.PARKED);

  private final MeterRegistry meters;
  private final StepSeriesLimit limit;
  private final Clock clock;
  private final Counter unreadable;
  private final Counter unsaved;
  private final MultiGauge flows;
  private final MultiGauge unanswered;
  private volatile Figures figures = new Figures(List.of(), Map.of(), Map.of(), List.of());

  FlowMetrics(MeterRegistry meters, StepSeriesLimit limit, Clock clock) {
    this.meters = meters;
    this.limit = limit;
    this.clock = clock;
    this.unreadable =
        Counter.builder("doundo.index.unreadable")
            .description("Flow records that could not be read into the flow lists")
            .register(meters);
    this.unsaved =
        Counter.builder("doundo.index.snapshot.failed")
            .description("Attempts to keep the flow lists in a file that failed")
            .register(meters);
    this.flows =
        MultiGauge.builder("doundo.flows")
            .description("Flows of this instance that have not ended")
            .register(meters);
    this.unanswered =
        MultiGauge.builder("doundo.step.oldest.unanswered")
            .description("Age of the oldest command that has no answer yet")
            .baseUnit("seconds")
            .register(meters);
  }

  /** Shows the index itself, and how long the oldest flows have been waiting. */
  void observe(FlowFigures index) {
    Gauge.builder("doundo.index.flows", index, FlowFigures::size)
        .description("Flows in the flow lists")
        .register(meters);
    Gauge.builder("doundo.index.complete", index, of -> of.isComplete() ? 1 : 0)
        .description("Whether the flow lists hold everything that they should")
        .register(meters);
    Gauge.builder("doundo.index.lag", index, of -> of.lagMs() / 1_000.0)
        .description("How far the flow lists lag behind the topics")
        .baseUnit("seconds")
        .register(meters);
    for (FlowStatus status : LIVE) {
      Gauge.builder("doundo.parts", this, metrics -> metrics.partsIn(status))
          .description("Parts of flows that have not ended")
          .tag("status", status.name())
          .register(meters);
    }
    for (Kind kind : Kind.values()) {
      Gauge.builder("doundo.oldest", this, metrics -> metrics.ageOf(kind))
          .description("How long the oldest flow of this kind has been so")
          .baseUnit("seconds")
          .tag("kind", kind.name().toLowerCase(Locale.ROOT))
          .register(meters);
    }
  }

  /** Counts again; takes as long as the index needs for that. */
  void refresh(FlowFigures index, IntPredicate owned) {
    Figures current = index.of(owned, clock.millis());
    figures = current;
    flows.register(rows(current.live()), true);
    unanswered.register(unanswered(current.unanswered()), true);
  }

  private double partsIn(FlowStatus status) {
    return figures.parts().getOrDefault(status, 0L);
  }

  private double ageOf(Kind kind) {
    Long since = figures.oldestSince().get(kind);
    return since == null ? 0 : age(since);
  }

  private double age(long since) {
    return Math.max(0, clock.millis() - since) / 1_000.0;
  }

  /**
   * Every orchestration with all live statuses: a figure that vanishes is not zero to everybody.
   */
  private List<MultiGauge.Row<?>> rows(List<Count> live) {
    Map<String, Map<FlowStatus, Long>> counts = new TreeMap<>();
    counts.put(StepSeriesLimit.OTHER, new TreeMap<>());
    for (Count count : live) {
      String name = count.orchestration() == null ? "unregistered" : count.orchestration();
      counts
          .computeIfAbsent(
              limit.isNamed(name, null) ? name : StepSeriesLimit.OTHER, unused -> new TreeMap<>())
          .merge(count.status(), count.flows(), Long::sum);
    }
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    counts.forEach(
        (name, byStatus) -> {
          for (FlowStatus status : LIVE) {
            rows.add(
                MultiGauge.Row.of(
                    Tags.of("orchestration", name, "status", status.name()),
                    byStatus.getOrDefault(status, 0L)));
          }
        });
    return rows;
  }

  private List<MultiGauge.Row<?>> unanswered(List<Unanswered> commands) {
    Map<Tags, Long> oldest = new HashMap<>();
    for (Unanswered command : commands) {
      boolean named = limit.isNamed(command.orchestration(), command.step());
      oldest.merge(
          Tags.of(
              "orchestration", named ? command.orchestration() : StepSeriesLimit.OTHER,
              "step", named ? command.step() : StepSeriesLimit.OTHER,
              "action", command.action().name()),
          command.oldestSentAt(),
          Math::min);
    }
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    oldest.forEach((tags, since) -> rows.add(MultiGauge.Row.of(tags, () -> age(since))));
    return rows;
  }

  @Override
  public void onUnreadable() {
    unreadable.increment();
  }

  @Override
  public void onSnapshotFailed() {
    unsaved.increment();
  }
}

package io.doundo.orchestrator.app;

import io.doundo.orchestrator.jobs.ItemResult;
import io.doundo.orchestrator.jobs.JobRunner;
import io.doundo.orchestrator.jobs.JobState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;

/**
 * Meters of the bulk jobs. Only the instance that runs them has any, so that a sum over the
 * instances is right.
 */
final class JobMetrics implements JobRunner.Listener {

  private static final String ITEMS = "doundo.job.items";

  private final Counter accepted;
  private final Counter refused;
  private final Counter changed;
  private volatile Map<JobState, Integer> states = Map.of();

  JobMetrics(MeterRegistry meters) {
    this.accepted = counter(meters, "accepted");
    this.refused = counter(meters, "refused");
    this.changed = counter(meters, "changed");
    for (JobState state : JobState.values()) {
      Gauge.builder("doundo.jobs", () -> states.getOrDefault(state, 0))
          .description("Bulk jobs, on the instance that runs them")
          .tag("state", state.name())
          .register(meters);
    }
  }

  private static Counter counter(MeterRegistry meters, String result) {
    return Counter.builder(ITEMS)
        .description("Answers of flows to the requests of bulk jobs since this instance started")
        .tag("result", result)
        .register(meters);
  }

  @Override
  public void onAnswer(ItemResult result) {
    switch (result) {
      case REFUSED -> refused.increment();
      case CHANGED -> changed.increment();
      case TRYING, RECOVERED, COMPLETED, UNDONE, ABANDONED, PARKED_AGAIN -> accepted.increment();
      case RESENT, DEAD_LETTERED_AGAIN -> accepted.increment();
      case LEFT -> throw new IllegalArgumentException("that is no answer");
    }
  }

  @Override
  public void onJobs(Map<JobState, Integer> now) {
    states = now.isEmpty() ? Map.of() : Map.copyOf(new EnumMap<>(now));
  }
}

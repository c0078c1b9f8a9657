package io.doundo.orchestrator.app.breaker;

import io.doundo.orchestrator.breaker.BreakerPhase;
import io.doundo.orchestrator.breaker.BreakerState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The gauge {@code doundo.breaker.state}: 0 for closed, 1 for half open, 2 for open, 3 for forced
 * open. Every instance knows all breakers. Thread-safe.
 */
final class BreakerMeters {

  /** More breakers than these have no gauge. */
  private static final int MOST_BREAKERS = 200;

  private final MeterRegistry meters;
  private final Map<String, BreakerPhase> phases = new ConcurrentHashMap<>();

  BreakerMeters(MeterRegistry meters) {
    this.meters = meters;
  }

  /** A breaker is like this now. A deleted one is closed. */
  void seen(BreakerState state) {
    String name = state.name();
    if (phases.containsKey(name)) {
      phases.put(name, state.phase());
    } else if (phases.size() < MOST_BREAKERS) {
      phases.put(name, state.phase());
      Gauge.builder(
              "doundo.breaker.state",
              phases,
              known -> value(known.getOrDefault(name, BreakerPhase.CLOSED)))
          .description("Circuit breakers: 0 closed, 1 half open, 2 open, 3 forced open")
          .tag("breaker", name)
          .register(meters);
    }
  }

  private static double value(BreakerPhase phase) {
    return switch (phase) {
      case CLOSED -> 0;
      case HALF_OPEN -> 1;
      case OPEN -> 2;
      case FORCED_OPEN -> 3;
    };
  }
}

package io.doundo.orchestrator.app.http;

import io.doundo.worker.delivery.WorkerState;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Whether this process carries out http and webhook steps, and everything that is in the way. It is
 * no part of readiness: flows go on, and the http workers of other instances take over the
 * partitions.
 */
final class HttpWorkerHealthIndicator implements HealthIndicator {

  private final Supplier<@Nullable WorkerState> worker;

  HttpWorkerHealthIndicator(Supplier<@Nullable WorkerState> worker) {
    this.worker = worker;
  }

  @Override
  public Health health() {
    WorkerState state = worker.get();
    if (state == null) {
      return Health.unknown().withDetail("problems", List.of("the worker is not running")).build();
    }
    List<String> problems = state.problems();
    Health.Builder health = problems.isEmpty() ? Health.up() : Health.down();
    health
        .withDetail("alive", state.alive())
        .withDetail("missingTopics", new TreeSet<>(state.missingTopics()))
        .withDetail("pausedPartitions", state.pausedPartitions());
    if (!problems.isEmpty()) {
      health.withDetail("problems", problems);
    }
    return health.build();
  }
}

package io.doundo.worker.autoconfigure;

import io.doundo.worker.autoconfigure.DocumentRegistration.Registration;
import io.doundo.worker.autoconfigure.DocumentRegistration.RegistrationState;
import io.doundo.worker.delivery.WorkerState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Whether this service serves its steps, and everything that is in the way. Down when no command is
 * read, when the fence cannot be asked or its clock makes it refuse DOs that are in time, and when
 * the orchestrator has refused a document. Missing topics of a step and unanswered documents are
 * reported but are not faults: a worker may start before anything else.
 */
final class WorkerHealthIndicator implements HealthIndicator {

  private final WorkerLifecycle lifecycle;

  WorkerHealthIndicator(WorkerLifecycle lifecycle) {
    this.lifecycle = lifecycle;
  }

  @Override
  public Health health() {
    return health(lifecycle.state(), lifecycle.registrations());
  }

  static Health health(@Nullable WorkerState state, Map<String, Registration> registrations) {
    List<String> problems = new ArrayList<>();
    Health.Builder health = Health.up();
    if (state != null) {
      problems.addAll(state.problems());
      health
          .withDetail("alive", state.alive())
          .withDetail("fence", state.fenceProblem() == null ? "up" : "down")
          .withDetail("missingTopics", new TreeSet<>(state.missingTopics()))
          .withDetail("pausedPartitions", state.pausedPartitions());
    }
    Map<String, String> states = new LinkedHashMap<>();
    registrations.forEach(
        (name, registration) -> {
          states.put(name, words(registration));
          if (registration.state() == RegistrationState.REFUSED) {
            problems.add("the orchestrator refused " + name + ": " + registration.problem());
          }
        });
    if (!states.isEmpty()) {
      health.withDetail("registrations", states);
    }
    if (!problems.isEmpty()) {
      health.down().withDetail("problems", problems);
    }
    return health.build();
  }

  private static String words(Registration registration) {
    String problem = registration.problem();
    return registration.state() + (problem == null ? "" : ": " + problem);
  }
}

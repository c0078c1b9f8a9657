package io.doundo.orchestrator.app.trigger;

import io.doundo.orchestrator.trigger.event.EventTriggers;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * How the topics of event triggers are read. Named {@code triggers} in the health endpoint. It
 * never takes the instance out of service: flows go on, and the other instances read the same
 * topics.
 */
@Component("triggers")
final class TriggersHealthIndicator implements HealthIndicator {

  private final EventTriggers triggers;

  TriggersHealthIndicator(EventTriggers triggers) {
    this.triggers = triggers;
  }

  @Override
  public Health health() {
    return health(triggers.standing());
  }

  static Health health(EventTriggers.Standing standing) {
    Health.Builder health = Health.up().withDetail("topics", new TreeSet<>(standing.topics()));
    if (!standing.missing().isEmpty()) {
      health.withDetail("missing", new TreeSet<>(standing.missing()));
    }
    if (!standing.forbidden().isEmpty()) {
      health.withDetail("forbidden", new TreeSet<>(standing.forbidden()));
    }
    if (!standing.crowded().isEmpty()) {
      health.withDetail("tooManyTriggers", new TreeSet<>(standing.crowded()));
    }
    if (!standing.unusable().isEmpty()) {
      health.withDetail("unusable", new TreeMap<>(standing.unusable()));
    }
    if (standing.failure() != null) {
      health.withDetail("failure", standing.failure());
    }
    return health.build();
  }
}

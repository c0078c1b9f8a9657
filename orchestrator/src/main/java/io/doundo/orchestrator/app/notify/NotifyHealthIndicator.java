package io.doundo.orchestrator.app.notify;

import io.doundo.orchestrator.notify.delivery.Notifier;
import java.util.TreeMap;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Whether receivers are told. Named {@code notify} in the health endpoint. It is down while the
 * notifier itself fails, and up while only receivers fail. It is no part of the readiness: flows go
 * on, and deliveries wait.
 */
@Component("notify")
final class NotifyHealthIndicator implements HealthIndicator {

  private final ObjectProvider<Notifier> notifier;

  NotifyHealthIndicator(ObjectProvider<Notifier> notifier) {
    this.notifier = notifier;
  }

  @Override
  public Health health() {
    Notifier running = notifier.getIfAvailable();
    return running == null
        ? Health.up().withDetail("enabled", false).build()
        : health(running.standing());
  }

  static Health health(Notifier.Standing standing) {
    Health.Builder health = standing.failure() == null ? Health.up() : Health.down();
    if (!standing.failing().isEmpty()) {
      health.withDetail("failing", new TreeMap<>(standing.failing()));
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

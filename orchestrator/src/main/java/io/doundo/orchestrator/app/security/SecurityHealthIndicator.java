package io.doundo.orchestrator.app.security;

import io.doundo.orchestrator.app.DoundoProperties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * What is wrong with the secrets of this server. Flows move all the same, so the status stays UP;
 * the details say what to do. Named {@code security} in the health endpoint.
 */
@Component("security")
final class SecurityHealthIndicator implements HealthIndicator {

  private static final Logger LOG = LoggerFactory.getLogger(SecurityHealthIndicator.class);

  private final KeyRing keys;
  private final @Nullable String secretMissing;

  SecurityHealthIndicator(KeyRing keys, DoundoProperties properties) {
    this.keys = keys;
    this.secretMissing = secretMissing(properties);
    if (secretMissing != null) {
      LOG.warn(secretMissing);
    }
  }

  /** Null when there is a secret, or only one instance. */
  static @Nullable String secretMissing(DoundoProperties properties) {
    return properties.advertisedAddress() == null || properties.api().secret() != null
        ? null
        : "doundo.advertised-address is set (several instances) and doundo.api.secret is not: a"
            + " signal that one instance accepts over REST is not verified at another, so an accept"
            + " that asks for signal.verified refuses it. Give every instance the same"
            + " doundo.api.secret.";
  }

  @Override
  public Health health() {
    Health.Builder health = Health.up();
    if (secretMissing != null) {
      health.withDetail("secretMissing", secretMissing);
    }
    String failure = keys.failure();
    if (failure != null) {
      health.withDetail("keysFile", failure);
    }
    return health.build();
  }
}

package io.doundo.plans.facade;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the three services are, and who may call.
 *
 * @param fhir The FHIR store.
 * @param orchestrator The orchestrator.
 * @param apiKeys The keys of callers; at least one.
 */
@ConfigurationProperties("plan-approval")
record FacadeSettings(Service fhir, Service orchestrator, @DefaultValue List<CallerKey> apiKeys) {

  private static final int SHORTEST_KEY = 16;

  FacadeSettings {
    apiKeys = List.copyOf(apiKeys);
    if (apiKeys.isEmpty()) {
      throw new IllegalArgumentException(
          "plan-approval.api-keys is empty, so nobody could call: set plan-approval.api-keys[0].key");
    }
  }

  /**
   * A service.
   *
   * @param url Its base address.
   * @param apiKey The key to send to it as X-API-Key.
   */
  record Service(URI url, @Nullable String apiKey) {}

  /**
   * A key.
   *
   * @param key At least 16 characters, sent as X-API-Key.
   * @param user Whom it speaks for; without it, for everybody, as an application's key.
   */
  record CallerKey(String key, @Nullable String user) {
    CallerKey {
      if (key.length() < SHORTEST_KEY) {
        throw new IllegalArgumentException(
            "a key of plan-approval.api-keys must have at least 16 characters, but one has "
                + key.length());
      }
    }
  }
}

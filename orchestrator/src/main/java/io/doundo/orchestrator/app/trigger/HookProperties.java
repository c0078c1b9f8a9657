package io.doundo.orchestrator.app.trigger;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The webhooks.
 *
 * @param secrets The secrets by the names that documents use: one, or several while one is being
 *     replaced.
 * @param secretsDir A directory with a file for each name, with one secret in each line; read again
 *     with each request.
 * @param ratePerSecond How many verified requests each webhook accepts in a second, on each
 *     instance.
 */
@ConfigurationProperties("doundo.hooks")
public record HookProperties(
    @DefaultValue Map<String, List<String>> secrets,
    @Nullable Path secretsDir,
    @DefaultValue("50") int ratePerSecond) {

  private static final int MOST_PER_SECOND = 10_000;

  public HookProperties {
    if (ratePerSecond < 1 || ratePerSecond > MOST_PER_SECOND) {
      throw new IllegalArgumentException(
          "doundo.hooks.rate-per-second must be 1 to %d, but is %d"
              .formatted(MOST_PER_SECOND, ratePerSecond));
    }
    secrets.forEach(
        (name, values) -> {
          if (values.isEmpty() || values.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("doundo.hooks.secrets." + name + " is empty");
          }
        });
    secrets = Map.copyOf(secrets);
  }

  /** Without the secrets, because settings are logged. */
  @Override
  public String toString() {
    return "HookProperties[secrets="
        + secrets.keySet()
        + ", secretsDir="
        + secretsDir
        + ", ratePerSecond="
        + ratePerSecond
        + ']';
  }
}

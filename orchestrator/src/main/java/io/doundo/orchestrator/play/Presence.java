package io.doundo.orchestrator.play;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The known workers of an orchestration.
 *
 * @param declared the services that declared to serve a step, by step name
 */
public record Presence(Map<String, List<Declared>> declared) {

  /**
   * A service that declared to serve a step.
   *
   * @param lastSeen when it last declared so
   */
  public record Declared(String service, Instant lastSeen) {}

  public Presence {
    declared = Map.copyOf(declared);
  }

  /** Whether a service declared to serve the step. */
  public boolean serves(String step) {
    return !declared.getOrDefault(step, List.of()).isEmpty();
  }

  /** The services that declared to serve the step. */
  public List<Declared> of(String step) {
    return declared.getOrDefault(step, List.of());
  }
}

package io.doundo.orchestrator.breaker.stored;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Orchestration.BreakerFigures;
import io.doundo.protocol.BreakerCommand;
import io.doundo.protocol.BreakerVerb;
import io.doundo.protocol.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The figures that orchestrations declare for breakers: as JSON, part of a stored orchestration and
 * of its hash, and as requests to the breakers. Stateless.
 */
public final class DeclaredFigures {

  /** The field of an orchestration in which they stand. */
  public static final String FIELD = "breakers";

  private DeclaredFigures() {}

  /** The stored form. */
  public static ObjectNode write(List<BreakerFigures> declared) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    for (BreakerFigures figures : declared) {
      json.putObject(figures.breaker())
          .put("faults", figures.faults())
          .put("window", figures.window().toMillis())
          .put("openFor", figures.openFor().toMillis())
          .put("firstWave", figures.firstWave());
    }
    return json;
  }

  /**
   * Reads the stored form.
   *
   * @param orchestration the object in which they stand
   * @throws RuntimeException when it is damaged
   */
  public static List<BreakerFigures> read(JsonNode orchestration) {
    List<BreakerFigures> declared = new ArrayList<>();
    orchestration
        .path(FIELD)
        .properties()
        .forEach(
            breaker -> {
              JsonNode json = breaker.getValue();
              declared.add(
                  new BreakerFigures(
                      breaker.getKey(),
                      json.required("faults").intValue(),
                      Duration.ofMillis(json.required("window").longValue()),
                      Duration.ofMillis(json.required("openFor").longValue()),
                      json.required("firstWave").intValue()));
            });
    return declared;
  }

  /**
   * What a new version of an orchestration asks of breakers: it gives its figures to those for
   * which the version before declared others, or none. A breaker that only the version before names
   * keeps its figures.
   *
   * @param before what the version before declared
   * @param version the number of the new version; makes the requests idempotent
   * @param requestedBy who registered it, or null
   */
  public static List<BreakerCommand> requests(
      Orchestration definition,
      List<BreakerFigures> before,
      int version,
      @Nullable String requestedBy) {
    String ofWhat = "%s version %d".formatted(definition.name(), version);
    return definition.breakers().stream()
        .filter(figures -> !before.contains(figures))
        .map(
            figures ->
                new BreakerCommand(
                    "registration of " + ofWhat,
                    figures.breaker(),
                    BreakerVerb.CONFIGURE,
                    new BreakerCommand.Figures(
                        figures.faults(),
                        figures.window().toMillis(),
                        figures.openFor().toMillis(),
                        figures.firstWave()),
                    null,
                    "registered with " + ofWhat,
                    requestedBy))
        .toList();
  }
}

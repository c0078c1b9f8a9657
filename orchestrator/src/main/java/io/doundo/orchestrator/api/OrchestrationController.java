package io.doundo.orchestrator.api;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.WindowParameter;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.query.definition.OrchestrationDiff;
import io.doundo.orchestrator.query.definition.OrchestrationSummary;
import io.doundo.orchestrator.query.definition.OrchestrationView;
import io.doundo.orchestrator.query.flow.Flows;
import io.doundo.orchestrator.query.flow.OrchestrationStats;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows what is registered. */
@RestController
@Tag(name = "Orchestrations")
class OrchestrationController {

  /** A problem names no more versions than this. */
  private static final int MOST_NAMED = 20;

  private static final Duration DEFAULT_WINDOW = Duration.ofHours(1);
  private static final Duration LONGEST_WINDOW = Duration.ofHours(24);

  private final Definitions definitions;
  private final Flows flows;

  OrchestrationController(Definitions definitions, Flows flows) {
    this.definitions = definitions;
    this.flows = flows;
  }

  record OrchestrationList(List<OrchestrationSummary> orchestrations) {}

  @Operation(summary = "List orchestrations", description = "The newest version of each, by name.")
  @GetMapping("/api/orchestrations")
  OrchestrationList all() {
    return new OrchestrationList(definitions.all());
  }

  @Operation(
      summary = "Show an orchestration",
      description = "The newest version in full, its history, and the workers of each step.")
  @GetMapping("/api/orchestrations/{name}")
  OrchestrationView one(@PathVariable("name") String name) {
    return definitions.newest(name).orElseThrow(() -> unknown(name));
  }

  @Operation(
      summary = "Show a version of an orchestration",
      description =
          "As the newest version is shown. Old versions are kept as long as a flow may run on them.")
  @GetMapping("/api/orchestrations/{name}/versions/{version}")
  OrchestrationView version(
      @PathVariable("name") String name, @PathVariable("version") int version) {
    return definitions.version(name, version).orElseThrow(() -> unknownVersion(name, version));
  }

  @Operation(
      summary = "Compare two versions of an orchestration",
      description =
          "The steps that were added, removed or changed, each with its changed fields, and the"
              + " changes of which step waits for which.")
  @GetMapping("/api/orchestrations/{name}/diff")
  OrchestrationDiff diff(
      @PathVariable("name") String name,
      @RequestParam("from") int from,
      @RequestParam("to") int to) {
    return definitions
        .diff(name, from, to)
        .orElseThrow(
            () ->
                definitions.version(name, from).isEmpty()
                    ? unknownVersion(name, from)
                    : unknownVersion(name, to));
  }

  @Operation(
      summary = "Show the numbers of an orchestration",
      description =
          "For each step, of the flows that changed within the window (1m to 24h, 1h without it): how"
              + " many were asked to do and to undo it, how long a DO took from its first command to"
              + " its answer (p50, p95 and p99 in ms, exact to a sixteenth), and how many were retried,"
              + " are in doubt or were undone. Then the versions with flows that have not ended.")
  @GetMapping("/api/orchestrations/{name}/stats")
  OrchestrationStats stats(
      @PathVariable("name") String name,
      @RequestParam(name = "window", required = false) @Nullable String window) {
    if (!definitions.isKnown(name)) {
      throw unknown(name);
    }
    Duration wanted = WindowParameter.of(window, DEFAULT_WINDOW, LONGEST_WINDOW);
    return flows
        .search()
        .orElseThrow(FlowController::searchOff)
        .orchestration(name, System.currentTimeMillis() - wanted.toMillis());
  }

  private ApiProblem unknownVersion(String name, int version) {
    List<Integer> kept = definitions.versions(name);
    if (kept.isEmpty()) {
      return unknown(name);
    }
    int first = Math.max(0, kept.size() - MOST_NAMED);
    return new ApiProblem(
        ProblemKind.UNKNOWN_VERSION,
        "The orchestration \"%s\" has no version %d; kept are %s%s."
            .formatted(
                name,
                version,
                first == 0 ? "" : "older ones and ",
                kept.subList(first, kept.size()).stream()
                    .map(String::valueOf)
                    .collect(Collectors.joining(", "))));
  }

  static ApiProblem unknown(String name) {
    return new ApiProblem(
        ProblemKind.UNKNOWN_ORCHESTRATION,
        "The orchestration \"%s\" is not registered.".formatted(name));
  }
}

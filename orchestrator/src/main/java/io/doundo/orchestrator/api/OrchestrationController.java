package io.doundo.orchestrator.api;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.query.definition.OrchestrationDiff;
import io.doundo.orchestrator.query.definition.OrchestrationSummary;
import io.doundo.orchestrator.query.definition.OrchestrationView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.stream.Collectors;
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

  private final Definitions definitions;

  OrchestrationController(Definitions definitions) {
    this.definitions = definitions;
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

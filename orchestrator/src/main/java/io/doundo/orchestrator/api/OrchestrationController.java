package io.doundo.orchestrator.api;

import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.query.definition.OrchestrationSummary;
import io.doundo.orchestrator.query.definition.OrchestrationView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Shows what is registered. */
@RestController
@Tag(name = "Orchestrations")
class OrchestrationController {

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

  static ApiProblem unknown(String name) {
    return new ApiProblem(
        ProblemKind.UNKNOWN_ORCHESTRATION,
        "The orchestration \"%s\" is not registered.".formatted(name));
  }
}

package io.doundo.orchestrator.api;

import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.query.worker.WorkerPage;
import io.doundo.orchestrator.query.worker.WorkerPresence;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows which workers are attached. */
@RestController
@Tag(name = "Workers")
class WorkerController {

  private final WorkerPresence workers;
  private final Definitions definitions;

  WorkerController(WorkerPresence workers, Definitions definitions) {
    this.workers = workers;
    this.definitions = definitions;
  }

  @Operation(
      summary = "List the workers of each step",
      description =
          "For each topic of commands: the consumer groups that read it, as the broker lists them"
              + " every ten seconds, the services that declared to serve the step, and how long the"
              + " oldest command has been unanswered. attached is UNKNOWN where the broker does not"
              + " show all groups; note says why. committedLag is approximate.")
  @GetMapping("/api/workers")
  WorkerPage list(
      @RequestParam(name = "orchestration", required = false) @Nullable String orchestration) {
    if (orchestration != null && !definitions.isKnown(orchestration)) {
      throw OrchestrationController.unknown(orchestration);
    }
    return workers.page(orchestration, System.currentTimeMillis());
  }
}

package io.doundo.orchestrator.api.v1;

import io.doundo.orchestrator.api.ExecutionController;
import io.doundo.orchestrator.api.ExecutionController.StartAccepted;
import io.doundo.orchestrator.api.RegistrationController;
import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.orchestrator.api.v1.Execution.ExecutedStep;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.query.flow.FlowCriteria.TimeRange;
import io.doundo.orchestrator.query.flow.FlowOrder;
import io.doundo.protocol.StartEvent;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Executions whose steps come with the request. */
@RestController
@Tag(name = "Framework")
class AdHocController {

  private static final int MOST_ACTIVE = 100;

  private final Executions executions;
  private final RegistrationController registrations;
  private final ExecutionController starts;
  private final Definitions definitions;
  private final AdHocLimit limit;

  AdHocController(
      Executions executions,
      RegistrationController registrations,
      ExecutionController starts,
      Definitions definitions,
      AdHocLimit limit) {
    this.executions = executions;
    this.registrations = registrations;
    this.starts = starts;
    this.definitions = definitions;
    this.limit = limit;
  }

  /**
   * How a request stands.
   *
   * @param duration in ms; null until it has ended
   */
  record AdHocResult(
      String requestId,
      FrameworkStatus status,
      List<AdHocStep> steps,
      @Nullable RawJson output,
      Instant startedAt,
      @Nullable Instant completedAt,
      @Nullable Long duration,
      @Nullable String error) {

    static AdHocResult of(Execution execution) {
      Instant end = execution.completedAt();
      return new AdHocResult(
          execution.id(),
          execution.status(),
          execution.stepsExecuted().stream().map(AdHocStep::of).toList(),
          execution.output(),
          execution.startedAt(),
          end,
          end == null ? null : Duration.between(execution.startedAt(), end).toMillis(),
          execution.error());
    }
  }

  /** A step of such a request. */
  record AdHocStep(
      String stepId,
      String stepName,
      FrameworkStatus status,
      @Nullable RawJson output,
      @Nullable Long duration,
      int attempt,
      @Nullable String error,
      Instant startedAt,
      @Nullable Instant completedAt) {

    static AdHocStep of(ExecutedStep step) {
      return new AdHocStep(
          step.stepId(),
          step.stepName(),
          step.status(),
          step.output(),
          step.duration(),
          step.attempt(),
          step.error(),
          step.startedAt(),
          step.completedAt());
    }
  }

  @Operation(
      summary = "Execute steps that come with the request",
      description =
          "The body is {\"requestId\", \"steps\", \"context\", \"options\"}. The steps are registered as"
              + " an orchestration that is named after their content, and executed as the flow"
              + " requestId, or Idempotency-Key where there is none; repeating the request starts"
              + " nothing. Steps without dependsOn run side by"
              + " side. Answers 202 once Kafka has the start; while it cannot be read"
              + " yet, its status is PENDING.")
  @PostMapping("/api/orchestration/execute")
  ResponseEntity<AdHocResult> execute(HttpServletRequest request, Principal principal) {
    AdHocRequest asked = AdHocRequest.of(FrameworkBodies.object(request));
    String key = FrameworkBodies.idempotencyKey(request);
    String flowId = asked.requestId() == null ? key : asked.requestId();
    String caller = RequestBodies.caller(principal);
    ObjectNode document = asked.workflow();
    requireRoom(document.get("id").stringValue());
    registrations.register(
        Json.MAPPER.writeValueAsBytes(document), RequestBodies.serviceHeaders(request), caller);
    RawJson payload = Json.of(asked.context());
    StartEvent start = new StartEvent(document.get("id").stringValue(), flowId, payload, null);
    StartAccepted accepted = starts.begin(start, caller, request).join();
    return ResponseEntity.accepted().body(AdHocResult.of(executions.begun(accepted, payload)));
  }

  private void requireRoom(String name) {
    boolean isKnown = definitions.isKnown(name);
    String refusal = limit.refuse(isKnown, isKnown ? 0 : definitions.count(Workflows.AD_HOC));
    if (refusal != null) {
      throw new ApiProblem(ProblemKind.TOO_MANY_DEFINITIONS, refusal);
    }
  }

  @Operation(
      summary = "List executions that have not ended",
      description = "The newest 100, in progress or being undone.")
  @GetMapping("/api/orchestration/active")
  List<AdHocResult> active() {
    FrameworkPage.Asked asked = FrameworkPage.Asked.of(1, MOST_ACTIVE, null, null);
    return Stream.of(FrameworkStatus.RUNNING, FrameworkStatus.PENDING)
        .flatMap(
            status ->
                executions
                    .list(null, status, TimeRange.ANY, FlowOrder.NEWEST_START_FIRST, asked)
                    .data()
                    .stream())
        .limit(MOST_ACTIVE)
        .map(AdHocResult::of)
        .toList();
  }

  @Operation(summary = "Show how a request stands, also when it has ended")
  @GetMapping("/api/orchestration/active/{requestId}")
  AdHocResult one(@PathVariable("requestId") String requestId) {
    return AdHocResult.of(executions.require(requestId));
  }
}

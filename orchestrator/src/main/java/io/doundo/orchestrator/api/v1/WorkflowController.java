package io.doundo.orchestrator.api.v1;

import io.doundo.orchestrator.api.ExecutionController;
import io.doundo.orchestrator.api.ExecutionController.StartAccepted;
import io.doundo.orchestrator.api.RegistrationController;
import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.FlowFilter;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.definition.compiler.framework.FrameworkDialect;
import io.doundo.protocol.StartEvent;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Workflows: registered, changed and executed in the framework's shapes. */
@RestController
@RequestMapping({"/api/v1", "/api/v1/orchestration"})
@Tag(name = "Framework", description = "The paths of the workflow framework; docs/framework.md.")
class WorkflowController {

  private static final Map<String, String> ORDERS =
      Map.of(
          "createdAt", "createdAt",
          "updatedAt", "updatedAt",
          "name", "name",
          "id", "id",
          "status", "status",
          "category", "category");

  /** The words of an orchestration's status, by theirs. */
  private static final Map<String, OrchestrationStatus> STATUSES =
      Map.of(
          "DRAFT", OrchestrationStatus.DRAFT,
          "ACTIVE", OrchestrationStatus.ACTIVE,
          "PAUSED", OrchestrationStatus.PAUSED);

  private final Workflows workflows;
  private final Executions executions;
  private final RegistrationController registrations;
  private final ExecutionController starts;

  WorkflowController(
      Workflows workflows,
      Executions executions,
      RegistrationController registrations,
      ExecutionController starts) {
    this.workflows = workflows;
    this.executions = executions;
    this.registrations = registrations;
    this.starts = starts;
  }

  @Operation(
      summary = "Create a workflow",
      description =
          "Registers it as an orchestration, whose name is its id. Answers 201 with the workflow once"
              + " it is active, 400 with every problem and its field, and 409 when there is an"
              + " orchestration of that name, unless it is a workflow that was deleted.")
  @PostMapping("/workflows")
  ResponseEntity<JsonNode> create(HttpServletRequest request, Principal principal) {
    return ResponseEntity.status(HttpStatus.CREATED)
        .body(create(FrameworkBodies.object(request), request, principal));
  }

  /**
   * Registers a new workflow.
   *
   * @return it as it is shown
   * @throws ApiProblem when it is refused, or its name is taken
   */
  JsonNode create(ObjectNode document, HttpServletRequest request, Principal principal) {
    String id =
        FrameworkDialect.nameOf(document.path("id").asString(document.path("name").asString("")));
    if (!workflows.isFree(id)) {
      throw new ApiProblem(
          ProblemKind.WORKFLOW_EXISTS,
          ("There is an orchestration \"%s\"; if it is a workflow, change it with PUT, or choose"
                  + " another name.")
              .formatted(id));
    }
    if (!document.has("status")) {
      // One that was deleted under this name was retired.
      document.put("status", "ACTIVE");
    }
    register(document, request, principal);
    return workflows.require(id);
  }

  @Operation(
      summary = "List workflows",
      description =
          "Pages count from 1; limit is 20, at most 100. sortBy is createdAt, updatedAt, name, id,"
              + " status or category; status, category and triggerType filter.")
  @GetMapping("/workflows")
  FrameworkPage<ObjectNode> all(
      @RequestParam(name = "page", required = false) @Nullable Integer page,
      @RequestParam(name = "limit", required = false) @Nullable Integer limit,
      @RequestParam(name = "sortBy", required = false) @Nullable String sortBy,
      @RequestParam(name = "sortOrder", required = false) @Nullable String sortOrder,
      @RequestParam(name = "status", required = false) @Nullable String status,
      @RequestParam(name = "category", required = false) @Nullable String category,
      @RequestParam(name = "triggerType", required = false) @Nullable String triggerType) {
    FrameworkPage.Asked asked = FrameworkPage.Asked.of(page, limit, sortBy, sortOrder);
    String field = asked.order(ORDERS, "createdAt");
    Comparator<ObjectNode> order = Comparator.comparing(one -> one.path(field).asString(""));
    List<ObjectNode> found =
        workflows.all().stream()
            .filter(one -> isWanted(one.path("status"), status))
            .filter(one -> isWanted(one.path("category"), category))
            .filter(one -> hasTrigger(one, FlowFilter.present(triggerType)))
            .sorted(asked.descending() ? order.reversed() : order)
            .toList();
    return FrameworkPage.of(found, asked);
  }

  private static boolean isWanted(JsonNode value, @Nullable String wanted) {
    String word = FlowFilter.present(wanted);
    return word == null || word.equalsIgnoreCase(value.asString(""));
  }

  private static boolean hasTrigger(ObjectNode workflow, @Nullable String type) {
    return type == null
        || workflow
            .path("triggers")
            .valueStream()
            .anyMatch(one -> isWanted(one.path("type"), type));
  }

  @Operation(summary = "Show a workflow")
  @GetMapping("/workflows/{workflowId}")
  JsonNode one(@PathVariable("workflowId") String workflowId) {
    return workflows.require(workflowId);
  }

  @Operation(
      summary = "Change a workflow",
      description =
          "The fields that are given replace those of the workflow, which gets a new version; a status"
              + " alone (DRAFT, ACTIVE, PAUSED) makes none.")
  @PutMapping("/workflows/{workflowId}")
  JsonNode change(
      @PathVariable("workflowId") String workflowId,
      HttpServletRequest request,
      Principal principal) {
    ObjectNode workflow = workflows.require(workflowId);
    ObjectNode changes = FrameworkBodies.object(request);
    changes.remove(List.of("id", "version", "createdAt", "updatedAt"));
    if (changes.size() == 1 && changes.has("status")) {
      changeStatus(
          workflowId,
          FrameworkPage.named("status", changes.get("status").asString(""), STATUSES),
          request,
          principal);
      return workflows.require(workflowId);
    }
    workflow.remove(List.of("version", "status", "createdAt", "updatedAt"));
    workflow.setAll(changes);
    register(workflow, request, principal);
    return workflows.require(workflowId);
  }

  @Operation(
      summary = "Delete a workflow",
      description = "It accepts no more starts and is not shown; running executions go on.")
  @DeleteMapping("/workflows/{workflowId}")
  ResponseEntity<Void> delete(
      @PathVariable("workflowId") String workflowId,
      HttpServletRequest request,
      Principal principal) {
    workflows.require(workflowId);
    changeStatus(workflowId, OrchestrationStatus.RETIRED, request, principal);
    return ResponseEntity.noContent().build();
  }

  @Operation(
      summary = "Execute a workflow",
      description =
          "The body is {\"input\"}. Answers 202 with the execution once Kafka has its start; while it"
              + " cannot be read yet, its status is PENDING. The header Idempotency-Key becomes the"
              + " id of the execution: repeating the request with it starts nothing, and with"
              + " another input it is refused with 409. Without it, each request starts a flow; the"
              + " problem of one that may have been written names its flowId.")
  @Parameter(
      name = FrameworkBodies.IDEMPOTENCY_KEY,
      in = ParameterIn.HEADER,
      description = "1 to 255 characters without control characters and without ~")
  @PostMapping("/workflows/{workflowId}/execute")
  ResponseEntity<Execution> execute(
      @PathVariable("workflowId") String workflowId,
      HttpServletRequest request,
      Principal principal) {
    workflows.require(workflowId);
    JsonNode input = FrameworkBodies.object(request).path("input");
    RawJson payload = Json.of(FrameworkBodies.present(input));
    String flowId = FrameworkBodies.idempotencyKey(request);
    StartEvent start = new StartEvent(workflowId, flowId, payload, null);
    StartAccepted accepted = starts.begin(start, RequestBodies.caller(principal), request).join();
    return ResponseEntity.accepted().body(executions.begun(accepted, payload));
  }

  private void register(ObjectNode document, HttpServletRequest request, Principal principal) {
    if (!FrameworkDialect.isWorkflow(Json.MAPPER.writeValueAsBytes(document))) {
      throw FrameworkPage.bad(
          "steps must have at least one step with a type of the framework, such as HTTP_REQUEST.");
    }
    registrations.register(
        Json.MAPPER.writeValueAsBytes(document),
        RequestBodies.serviceHeaders(request),
        RequestBodies.caller(principal));
  }

  private void changeStatus(
      String workflowId,
      OrchestrationStatus status,
      HttpServletRequest request,
      Principal principal) {
    ObjectNode document = Json.MAPPER.createObjectNode();
    document.put("orchestrationName", workflowId);
    document.put("status", status.word());
    registrations.register(
        Json.MAPPER.writeValueAsBytes(document),
        RequestBodies.serviceHeaders(request),
        RequestBodies.caller(principal));
  }
}

package io.doundo.orchestrator.api;

import io.doundo.expression.EvaluationException;
import io.doundo.expression.JsonSchema;
import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.Caller;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.orchestrator.api.request.TaskFilter;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.query.flow.FlowView;
import io.doundo.orchestrator.query.flow.Flows;
import io.doundo.orchestrator.query.flow.TaskPage;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/** Lists, assigns and completes the tasks of people. */
@RestController
@Tag(name = "Tasks")
class TaskController {

  private static final Set<String> COMPLETE_FIELDS =
      Set.of("flowId", "step", "payload", "controlId", "onBehalfOf");
  private static final Set<String> ASSIGN_FIELDS =
      Set.of("flowId", "step", "assignee", "controlId", "reason", "expect");
  private static final String PROBLEM = "#/components/schemas/Problem";

  private final Flows flows;
  private final ControlController control;

  TaskController(Flows flows, ControlController control) {
    this.flows = flows;
    this.control = control;
  }

  @Operation(
      summary = "List open tasks",
      description =
          "What is due first comes first. overdue=true lists only tasks that should be completed by"
              + " now; mine=true only those whose assignee or candidates hold the caller's name or"
              + " one of its groups, which is all that the role TASKS sees.")
  @GetMapping("/api/tasks")
  TaskPage list(@ParameterObject TaskFilter filter, Principal principal) {
    return flows
        .search()
        .orElseThrow(FlowController::searchOff)
        .tasks(filter.query(Caller.of(principal)), System.currentTimeMillis());
  }

  @Operation(
      summary = "Complete a task",
      description =
          "The body: {\"flowId\", \"step\", \"payload\", \"controlId\", \"onBehalfOf\"}. The payload"
              + " is the task's result, and must fit its form. The first answer counts. onBehalfOf"
              + " needs the permission act-as. A repeated controlId gets the same outcome.")
  @ApiResponse(
      responseCode = "200",
      description = "Completed, and committed",
      content = @Content(schema = @Schema(implementation = ControlController.ControlResult.class)))
  @ApiResponse(
      responseCode = "409",
      description = "The task is not open, or its step does not accept the answer",
      content = @Content(mediaType = "application/problem+json", schema = @Schema(ref = PROBLEM)))
  @ApiResponse(
      responseCode = "422",
      description = "The payload does not fit the form; violations has the fields",
      content = @Content(mediaType = "application/problem+json", schema = @Schema(ref = PROBLEM)))
  @PostMapping("/api/tasks/complete")
  DeferredResult<ResponseEntity<Object>> complete(HttpServletRequest request, Principal principal) {
    Caller caller = Caller.of(principal);
    ControlCommand command = command(request, caller, COMPLETE_FIELDS, ControlAction.SIGNAL);
    CallAudit.about(request, command.flowId());
    caller.requireMayActFor(command.onBehalfOf());
    FlowView.FlowStepView step =
        task(caller, command.flowId(), Objects.requireNonNull(command.signal()));
    FlowView.TaskView task = Objects.requireNonNull(step.task());
    if (!control.isSignalAnswered(command.flowId(), Objects.requireNonNull(command.controlId()))) {
      if (step.status() != StepStatus.WAITING) {
        throw new ApiProblem(
            ProblemKind.TASK_NOT_OPEN,
            "The task \"%s\" of flow \"%s\" is not open: it is %s%s."
                .formatted(
                    step.name(),
                    command.flowId(),
                    step.status(),
                    step.by() == null ? "" : ", completed by " + step.by()));
      }
      requireFits(task, command.payload());
    }
    return control.carryOut(command.flowId(), command);
  }

  @Operation(
      summary = "Say who a task is for",
      description =
          "The body: {\"flowId\", \"step\", \"assignee\", \"reason\", \"controlId\", \"expect\"}. An"
              + " assignee of null gives it back to all its candidates. With the role TASKS, only a"
              + " task of one's own or one's groups, and only to oneself or to nobody.")
  @ApiResponse(
      responseCode = "200",
      description = "Assigned, and committed",
      content = @Content(schema = @Schema(implementation = ControlController.ControlResult.class)))
  @ApiResponse(
      responseCode = "409",
      description = "The task is not open; detail has the reason",
      content = @Content(mediaType = "application/problem+json", schema = @Schema(ref = PROBLEM)))
  @PostMapping("/api/tasks/assign")
  DeferredResult<ResponseEntity<Object>> assign(HttpServletRequest request, Principal principal) {
    Caller caller = Caller.of(principal);
    ControlCommand command = command(request, caller, ASSIGN_FIELDS, ControlAction.ASSIGN);
    CallAudit.about(request, command.flowId());
    requireTask(caller, command.flowId(), Objects.requireNonNull(command.stepName()));
    String assignee = command.assignee();
    if (caller.isLimited() && assignee != null && !assignee.equals(caller.name())) {
      throw new ApiProblem(
          ProblemKind.FORBIDDEN,
          "With the role TASKS, %s may take over a task or give it back, but not assign it to %s."
              .formatted(caller.name(), assignee));
    }
    return control.carryOut(command.flowId(), command);
  }

  private void requireTask(Caller caller, String flowId, String name) {
    if (task(caller, flowId, name).task() == null) {
      throw new IllegalStateException("a step without a task was found as one");
    }
  }

  /**
   * The step with its task.
   *
   * @throws ApiProblem when there is none; for a caller who sees only some tasks it is the same
   *     problem whether the flow, the step or the task is missing or for others
   */
  private FlowView.FlowStepView task(Caller caller, String flowId, String name) {
    Optional<FlowView> flow = flows.find(flowId);
    Optional<FlowView.FlowStepView> step = flow.flatMap(found -> step(found, name));
    if (caller.isLimited()) {
      return step.filter(found -> isFor(caller, found.task()))
          .orElseThrow(() -> notFor(caller, flowId, name));
    }
    if (flow.isEmpty()) {
      throw FlowController.unknown(flowId);
    }
    if (step.isEmpty()) {
      throw new ApiProblem(
          ProblemKind.UNKNOWN_TASK, "The flow \"%s\" has no step \"%s\".".formatted(flowId, name));
    }
    if (step.get().task() == null) {
      throw new ApiProblem(
          ProblemKind.UNKNOWN_TASK,
          "The step \"%s\" of flow \"%s\" has asked nobody: it is %s."
              .formatted(name, flowId, step.get().status()));
    }
    return step.get();
  }

  private static Optional<FlowView.FlowStepView> step(FlowView flow, String name) {
    return flow.steps().stream().filter(one -> one.name().equals(name)).findFirst();
  }

  private static boolean isFor(Caller caller, FlowView.@Nullable TaskView task) {
    return task != null && caller.isOneOf(task.assignee(), task.candidates());
  }

  private static ApiProblem notFor(Caller caller, String flowId, String name) {
    return new ApiProblem(
        ProblemKind.FORBIDDEN,
        "No task \"%s\" of flow \"%s\" is for %s.".formatted(name, flowId, caller.name()));
  }

  private static void requireFits(FlowView.TaskView task, @Nullable RawJson payload) {
    RawJson form = task.form();
    if (form == null) {
      return;
    }
    try {
      List<JsonSchema.Violation> violations =
          JsonSchema.of(Json.MAPPER.readTree(form.bytes()))
              .check(payload == null ? RawJson.EMPTY_OBJECT : payload, "payload");
      if (!violations.isEmpty()) {
        throw new ApiProblem(
            ProblemKind.FORM_REFUSED,
            "The payload does not fit the task's form: "
                + String.join("; ", violations.stream().map(Object::toString).toList()),
            Map.of("violations", violations),
            null);
      }
    } catch (EvaluationException e) {
      throw new ApiProblem(ProblemKind.FORM_REFUSED, String.valueOf(e.getMessage()), Map.of(), e);
    }
  }

  /** The control record for the body, sent by the caller. */
  private static ControlCommand command(
      HttpServletRequest request, Caller caller, Set<String> allowed, ControlAction action) {
    try {
      Map<String, RawJson> fields = new HashMap<>(Json.fields(RequestBodies.bytes(request)));
      RequestBodies.requireKnown(fields.keySet(), allowed);
      RawJson step = fields.remove("step");
      if (step == null || step.isNull()) {
        throw new MalformedRecordException("the body names no task: add \"step\"");
      }
      fields.put(action == ControlAction.SIGNAL ? "signal" : "stepName", step);
      fields.put("action", Json.string(action.name()));
      fields.put("requestedBy", Json.string(caller.name()));
      if (caller.isLimited()) {
        // Who the task is for may change before the flow processes the record.
        List<String> names = caller.names().stream().sorted().toList();
        fields.put("asOneOf", Json.of(Json.MAPPER.valueToTree(names)));
      }
      RawJson assignee = fields.get("assignee");
      if (assignee != null && assignee.isNull()) {
        fields.put("assignee", Json.string(""));
      }
      RequestBodies.completeControlId(fields, request);
      return ControlCommand.decode(Json.object(fields).bytes(), null, HeaderLookup.NONE);
    } catch (MalformedRecordException e) {
      throw new ApiProblem(ProblemKind.BAD_REQUEST, e.reason(), Map.of(), e);
    }
  }
}

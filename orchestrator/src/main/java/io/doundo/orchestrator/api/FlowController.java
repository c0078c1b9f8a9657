package io.doundo.orchestrator.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.FlowFields;
import io.doundo.orchestrator.api.request.FlowFilter;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.query.flow.FlowPage;
import io.doundo.orchestrator.query.flow.FlowSearch;
import io.doundo.orchestrator.query.flow.FlowSummary;
import io.doundo.orchestrator.query.flow.FlowView;
import io.doundo.orchestrator.query.flow.FlowView.FlowStepView;
import io.doundo.orchestrator.query.flow.Flows;
import io.doundo.orchestrator.query.index.FlowFacets;
import io.doundo.orchestrator.query.timeline.AuditOffException;
import io.doundo.orchestrator.query.timeline.FlowTimeline;
import io.doundo.orchestrator.query.timeline.FlowTimeline.Timeline;
import io.doundo.orchestrator.query.timeline.StepAttempt;
import io.doundo.orchestrator.query.timeline.TimelineEntry;
import io.doundo.protocol.json.RawJson;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Shows flows. */
@RestController
@Tag(name = "Flows")
class FlowController {

  private final Flows flows;
  private final FlowTimeline timeline;
  private final Definitions definitions;
  private final JsonMapper json;

  FlowController(Flows flows, FlowTimeline timeline, Definitions definitions, JsonMapper json) {
    this.flows = flows;
    this.timeline = timeline;
    this.definitions = definitions;
    this.json = json;
  }

  /**
   * A flow's audit log.
   *
   * @param complete false when not all of it was found
   */
  record TimelineView(String flowId, boolean complete, List<TimelineEntry> events) {}

  @Operation(
      summary = "List flows",
      description =
          "Newest start first, unless sort says otherwise. status and parkReason may be repeated. step"
              + " finds flows that are at that step or failed there; with stepStatus, those in which"
              + " it has that status. fingerprint is that of a group of errors; error matches part of"
              + " any error message; key is the whole search value; id is how the flowId begins;"
              + " search matches part of the flowId or the search value. from and to bound the start,"
              + " endedFrom and endedTo the end, updatedFrom and updatedTo the last change; from is"
              + " inclusive, to exclusive, and -1h is an hour ago. facets (status, orchestration,"
              + " step, fingerprint) counts what matches, each without its own filter. fields, such as"
              + " flowId,status, leaves the other fields of the flows out. after, a flowId"
              + " and the number of a transition as in order-17/4, waits up to a second for the lists"
              + " to have it. asOf and lagMs say how fresh the answer is. If flows may be missing,"
              + " complete is false and note has the reason; every flow that started since"
              + " reachesBackTo is listed.")
  @ApiResponse(
      responseCode = "200",
      description = "OK",
      content = @Content(schema = @Schema(implementation = FlowPage.class)))
  @GetMapping("/api/flows")
  Object list(
      @ParameterObject FlowFilter filter,
      @RequestParam(name = "fields", required = false) @Nullable List<String> fields) {
    FlowPage page = search().find(filter.query(filter.orchestration()));
    return fields == null || fields.isEmpty()
        ? page
        : FlowFields.only(json.valueToTree(page), fields);
  }

  @Operation(
      summary = "Show a flow",
      description = "May be slightly ahead of the last commit; the timeline never is.")
  @GetMapping("/api/flows/{flowId}")
  FlowView one(@PathVariable("flowId") String flowId) {
    return flows.find(flowId).orElseThrow(() -> unknown(flowId));
  }

  @Operation(
      summary = "Show the timeline of a flow",
      description =
          "Every committed transition with its attempt, duration, worker and reason. With since (a"
              + " time), also for flows whose state has expired.")
  @GetMapping("/api/flows/{flowId}/timeline")
  TimelineView timeline(
      @PathVariable("flowId") String flowId,
      @RequestParam(name = "since", required = false) @Nullable String since) {
    Instant from = FlowFilter.time("since", since);
    return from == null ? timeline(flowId) : view(flowId, timeline.since(flowId, from));
  }

  /**
   * A step of a flow.
   *
   * @param attemptLog its commands with their answers, in the order of sending; empty when it sends
   *     none
   * @param complete false when not all of the audit log was found
   * @param input what its DO was sent or would be, as far as that is determined
   */
  record StepView(
      String flowId,
      @JsonUnwrapped FlowStepView step,
      List<StepAttempt> attemptLog,
      boolean complete,
      @Nullable RawJson input) {}

  @Operation(
      summary = "Show a step of a flow",
      description =
          "Its state and result as in the flow, each of its commands with its answer (attemptLog, from"
              + " the audit log), and what its DO is sent.")
  @GetMapping("/api/flows/{flowId}/steps/{step}")
  StepView step(@PathVariable("flowId") String flowId, @PathVariable("step") String step) {
    FlowStepView shown =
        one(flowId).steps().stream()
            .filter(one -> one.name().equals(step))
            .findFirst()
            .orElseThrow(
                () ->
                    new ApiProblem(
                        ProblemKind.UNKNOWN_STEP,
                        "The flow \"%s\" has no step \"%s\".".formatted(flowId, step)));
    Timeline log = log(flowId);
    return new StepView(
        flowId,
        shown,
        StepAttempt.of(log.records(), step),
        log.complete(),
        flows.inputOf(flowId, step).orElse(null));
  }

  /** Without an audit log nothing of it is found; what the flow itself knows is shown still. */
  private Timeline log(String flowId) {
    try {
      return timeline.of(flowId).orElseThrow(() -> unknown(flowId));
    } catch (AuditOffException e) {
      return new Timeline(List.of(), false);
    }
  }

  /** The flows of one orchestration, for dashboards that know them as executions. */
  record Executions(
      List<ExecutionSummary> executions,
      @Nullable String nextCursor,
      FlowPage.@Nullable Total total,
      @Nullable FlowFacets facets,
      Instant asOf,
      long lagMs,
      Instant reachesBackTo,
      boolean complete,
      @Nullable String note) {}

  @Operation(summary = "List the flows of an orchestration")
  @GetMapping("/api/orchestrations/{name}/executions")
  Executions executions(@PathVariable("name") String name, @ParameterObject FlowFilter filter) {
    requireNoOther("orchestration", filter.orchestration(), name);
    FlowPage page = search().find(filter.query(name));
    if (page.flows().isEmpty()) {
      // A name that is not registered may have flows all the same: those that wait for it.
      requireKnown(name);
    }
    return new Executions(
        page.flows().stream().map(ExecutionSummary::of).toList(),
        page.nextCursor(),
        page.total(),
        page.facets(),
        page.asOf(),
        page.lagMs(),
        page.reachesBackTo(),
        page.complete(),
        page.note());
  }

  @Operation(summary = "Show a flow of an orchestration")
  @GetMapping("/api/orchestrations/{name}/executions/{flowId}")
  ExecutionView execution(
      @PathVariable("name") String name, @PathVariable("flowId") String flowId) {
    return flows
        .find(flowId)
        .filter(flow -> flow.orchestrationName().equals(name))
        .map(ExecutionView::of)
        .orElseThrow(() -> none(name, flowId));
  }

  @Operation(summary = "Show the timeline of a flow of an orchestration")
  @GetMapping("/api/orchestrations/{name}/executions/{flowId}/timeline")
  TimelineView executionTimeline(
      @PathVariable("name") String name, @PathVariable("flowId") String flowId) {
    if (flows.find(flowId).filter(flow -> flow.orchestrationName().equals(name)).isEmpty()) {
      throw none(name, flowId);
    }
    return timeline(flowId);
  }

  private TimelineView timeline(String flowId) {
    return timeline.of(flowId).map(found -> view(flowId, found)).orElseThrow(() -> unknown(flowId));
  }

  private static TimelineView view(String flowId, Timeline found) {
    return new TimelineView(flowId, found.complete(), found.entries());
  }

  private FlowSearch search() {
    return flows.search().orElseThrow(FlowController::searchOff);
  }

  static ApiProblem searchOff() {
    return new ApiProblem(
        ProblemKind.SEARCH_OFF,
        "Listing flows needs doundo.search.enabled=true; single flows can still be read.");
  }

  static ApiProblem unknown(String flowId) {
    return new ApiProblem(
        ProblemKind.UNKNOWN_FLOW,
        "There is no flow \"%s\", or it ended so long ago that only its audit log is left."
            .formatted(flowId));
  }

  private ApiProblem none(String name, String flowId) {
    requireKnown(name);
    return new ApiProblem(
        ProblemKind.UNKNOWN_FLOW,
        "The orchestration \"%s\" has no flow \"%s\".".formatted(name, flowId));
  }

  private void requireKnown(String name) {
    if (!definitions.isKnown(name)) {
      throw OrchestrationController.unknown(name);
    }
  }

  private static void requireNoOther(String parameter, @Nullable String given, String name) {
    if (given != null && !given.equals(name)) {
      throw new ApiProblem(
          ProblemKind.BAD_REQUEST,
          "The path names the orchestration \"%s\", but the parameter %s names \"%s\"."
              .formatted(name, parameter, given));
    }
  }

  /** A flow in a list under the names that dashboards know. */
  record ExecutionSummary(String executionId, String orchName, @JsonUnwrapped FlowSummary flow) {
    static ExecutionSummary of(FlowSummary flow) {
      return new ExecutionSummary(flow.flowId(), flow.orchestrationName(), flow);
    }
  }

  /** A flow under the names that dashboards know. */
  record ExecutionView(String executionId, String orchName, @JsonUnwrapped FlowView flow) {
    static ExecutionView of(FlowView flow) {
      return new ExecutionView(flow.flowId(), flow.orchestrationName(), flow);
    }
  }
}

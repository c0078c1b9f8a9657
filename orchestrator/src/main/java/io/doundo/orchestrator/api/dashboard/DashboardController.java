package io.doundo.orchestrator.api.dashboard;

import io.doundo.orchestrator.api.dashboard.ExecutionEvents.Audit;
import io.doundo.orchestrator.api.dashboard.ExecutionEvents.AuditEvent;
import io.doundo.orchestrator.api.dashboard.ExecutionEvents.TimelineEvent;
import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.query.definition.OrchestrationSummary;
import io.doundo.orchestrator.query.definition.OrchestrationView;
import io.doundo.orchestrator.query.definition.RefusedRegistrations;
import io.doundo.orchestrator.query.definition.RefusedRegistrations.Refusal;
import io.doundo.orchestrator.query.flow.FlowPage;
import io.doundo.orchestrator.query.flow.FlowQuery;
import io.doundo.orchestrator.query.flow.FlowSearch;
import io.doundo.orchestrator.query.flow.FlowSummary;
import io.doundo.orchestrator.query.flow.FlowView;
import io.doundo.orchestrator.query.flow.Flows;
import io.doundo.orchestrator.query.timeline.AuditOffException;
import io.doundo.orchestrator.query.timeline.FlowTimeline;
import io.doundo.orchestrator.query.timeline.FlowTimeline.Timeline;
import io.doundo.protocol.AuditRecord;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers the dashboards of the DO/UNDO protocol. docs/dashboards.md has the words and the fields;
 * {@link DashboardSwitch} leads requests here that name the paths that dashboards know.
 */
@RestController
@RequestMapping("/api/compat")
@Tag(
    name = "Dashboards",
    description =
        "What existing dashboards of the DO/UNDO protocol read. The same paths without /compat answer"
            + " like this when the request accepts application/vnd.doundo.dashboard+json, or with"
            + " doundo.api.dashboard-compat=true.")
class DashboardController {

  /** The most executions whose events are answered at once; each is a read of the audit log. */
  private static final int MOST_AUDITED = 100;

  /** Says how many executions there are, whose events are not all in one answer. */
  private static final String TOTAL = "X-Total-Count";

  private final Definitions definitions;
  private final RefusedRegistrations refusals;
  private final Flows flows;
  private final FlowTimeline timeline;
  private final DashboardTimes times;

  DashboardController(
      Definitions definitions,
      RefusedRegistrations refusals,
      Flows flows,
      FlowTimeline timeline,
      DashboardTimes times) {
    this.definitions = definitions;
    this.refusals = refusals;
    this.flows = flows;
    this.timeline = timeline;
    this.times = times;
  }

  @Operation(
      summary = "List orchestrations for a dashboard",
      description =
          "Last updated first. status is SUCCESS, PENDING while a step has no worker, or FAILED when"
              + " the last registration was refused. sortBy is lastUpdated, registeredAt, createdAt,"
              + " id, orchName, type, status or initiatorName; orchName finds part of a name;"
              + " registeredFrom and registeredTo are days or local times, both inclusive.")
  @GetMapping("/orchestrations")
  DashboardPage<RegisteredOrchestration.Row> orchestrations(
      @ParameterObject OrchestrationsQuery query) {
    Set<String> names = new TreeSet<>();
    definitions.all().stream().map(OrchestrationSummary::name).forEach(names::add);
    refusals.all().stream().map(Refusal::orchestrationName).forEach(names::add);
    List<RegisteredOrchestration> all =
        names.stream().flatMap(name -> registered(name).stream()).toList();
    return query.select(all, times).map(one -> one.row(times));
  }

  @Operation(summary = "Show an orchestration for a dashboard")
  @GetMapping("/orchestrations/{orchName}")
  RegisteredOrchestration.Detail orchestration(@PathVariable("orchName") String orchName) {
    return registered(orchName).orElseThrow(() -> unknown(orchName)).detail(times);
  }

  @Operation(
      summary = "List the executions of an orchestration for a dashboard",
      description =
          "Newest first. status is PENDING, IN_PROGRESS, COMPLETED, FAILED, UNDOING, UNDONE or"
              + " NOT_REGISTERED; sortBy is startTime or lastUpdated; fromDate and toDate are days or"
              + " local times and bound the start, both inclusive.")
  @GetMapping("/orchestrations/{orchName}/executions")
  DashboardPage<ExecutionRow> executions(
      @PathVariable("orchName") String orchName, @ParameterObject ExecutionsQuery query) {
    boolean isKnown = definitions.isKnown(orchName);
    return flowsOf(orchName, isKnown, query).map(flow -> ExecutionRow.of(flow, isKnown, times));
  }

  @Operation(summary = "Show an execution for a dashboard")
  @GetMapping("/orchestrations/{orchName}/executions/{executionId}")
  ExecutionDetail execution(
      @PathVariable("orchName") String orchName, @PathVariable("executionId") String executionId) {
    FlowView flow = flow(orchName, executionId);
    boolean isKnown = definitions.isKnown(orchName);
    Integer version = flow.version();
    OrchestrationView definition =
        version == null ? null : definitions.version(orchName, version).orElse(null);
    List<AuditRecord> log = logIfKept(executionId);
    return ExecutionDetail.of(flow, definition, log, events(log, isKnown), isKnown, times);
  }

  @Operation(summary = "Show the timeline of an execution for a dashboard")
  @GetMapping("/orchestrations/{orchName}/executions/{executionId}/timeline")
  List<TimelineEvent> timeline(
      @PathVariable("orchName") String orchName, @PathVariable("executionId") String executionId) {
    flow(orchName, executionId);
    return events(log(executionId), definitions.isKnown(orchName)).stream()
        .map(AuditEvent::inTimeline)
        .toList();
  }

  @Operation(summary = "Show the audit log of an execution for a dashboard")
  @GetMapping("/audit/{executionId}")
  Audit audit(@PathVariable("executionId") String executionId) {
    FlowView flow = flows.find(executionId).orElseThrow(() -> unknownFlow(executionId));
    String orchName = flow.orchestrationName();
    return Audit.of(executionId, orchName, events(log(executionId), definitions.isKnown(orchName)));
  }

  @Operation(
      summary = "Show the audit logs of an orchestration for a dashboard",
      description =
          "The events of its executions, newest execution first and in each the oldest event first."
              + " One answer has the events of at most 100 executions; page and size ask for others,"
              + " and the header X-Total-Count says how many executions there are.")
  @GetMapping("/audit/orchestration/{orchName}")
  ResponseEntity<List<AuditEvent>> auditOf(
      @PathVariable("orchName") String orchName,
      @RequestParam(name = "page", required = false) @Nullable Integer page,
      @RequestParam(name = "size", required = false) @Nullable Integer size) {
    if (size != null && size > MOST_AUDITED) {
      throw PageRequest.bad("size must be 1 to " + MOST_AUDITED + ", but is " + size + '.');
    }
    boolean isKnown = definitions.isKnown(orchName);
    DashboardPage<FlowView> found =
        flowsOf(
            orchName, isKnown, ExecutionsQuery.newest(page, size == null ? MOST_AUDITED : size));
    List<AuditEvent> events = new ArrayList<>();
    found
        .content()
        .forEach(
            flow ->
                timeline
                    .of(flow.flowId())
                    .ifPresent(log -> events.addAll(events(log.records(), isKnown))));
    return ResponseEntity.ok().header(TOTAL, String.valueOf(found.totalElements())).body(events);
  }

  /** The name may have flows without being registered: those that wait, or waited, for it. */
  private DashboardPage<FlowView> flowsOf(String orchName, boolean isKnown, ExecutionsQuery query) {
    FlowSearch search = flows.search().orElseThrow(DashboardController::searchOff);
    PageRequest request = query.request();
    FlowQuery upToPage = query.upToPage(orchName, isKnown, times).orElse(null);
    if (upToPage == null) {
      return DashboardPage.of(List.of(), 0, request);
    }
    FlowPage found = search.find(upToPage);
    if (found.flows().isEmpty() && !isKnown) {
      throw unknown(orchName);
    }
    List<FlowSummary> rows = found.flows();
    FlowPage.Total total = found.total();
    int from = (int) Math.min(rows.size(), request.first());
    return DashboardPage.of(
        rows.subList(from, rows.size()).stream()
            .flatMap(row -> flows.find(row.flowId()).stream())
            .toList(),
        total == null ? rows.size() : total.count(),
        request);
  }

  private Optional<RegisteredOrchestration> registered(String orchName) {
    OrchestrationView view = definitions.newest(orchName).orElse(null);
    Refusal refusal = refusals.find(orchName).orElse(null);
    return view == null && refusal == null
        ? Optional.empty()
        : Optional.of(new RegisteredOrchestration(orchName, view, refusal));
  }

  private FlowView flow(String orchName, String executionId) {
    return flows
        .find(executionId)
        .filter(flow -> flow.orchestrationName().equals(orchName))
        .orElseThrow(
            () -> definitions.isKnown(orchName) ? unknownFlow(executionId) : unknown(orchName));
  }

  private List<AuditEvent> events(List<AuditRecord> log, boolean isKnown) {
    return ExecutionEvents.of(log, isKnown, times);
  }

  private List<AuditRecord> log(String executionId) {
    return timeline
        .of(executionId)
        .map(Timeline::records)
        .orElseThrow(() -> unknownFlow(executionId));
  }

  /** Without an audit log the flow itself is shown still. */
  private List<AuditRecord> logIfKept(String executionId) {
    try {
      return log(executionId);
    } catch (AuditOffException e) {
      return List.of();
    }
  }

  private static ApiProblem unknown(String orchName) {
    return new ApiProblem(
        ProblemKind.UNKNOWN_ORCHESTRATION,
        "The orchestration \"%s\" is not registered.".formatted(orchName));
  }

  private static ApiProblem unknownFlow(String executionId) {
    return new ApiProblem(
        ProblemKind.UNKNOWN_FLOW, "There is no execution \"%s\".".formatted(executionId));
  }

  private static ApiProblem searchOff() {
    return new ApiProblem(
        ProblemKind.SEARCH_OFF,
        "Listing executions needs doundo.search.enabled=true; single ones can still be read.");
  }
}

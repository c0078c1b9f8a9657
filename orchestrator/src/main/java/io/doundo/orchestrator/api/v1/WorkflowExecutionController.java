package io.doundo.orchestrator.api.v1;

import io.doundo.orchestrator.api.request.FlowFilter;
import io.doundo.orchestrator.query.flow.FlowCriteria.TimeRange;
import io.doundo.orchestrator.query.flow.FlowOrder;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Executions in the framework's shape. */
@RestController
@RequestMapping({"/api/v1", "/api/v1/orchestration"})
@Tag(name = "Framework")
class WorkflowExecutionController {

  private static final Map<String, FrameworkStatus> STATUSES =
      Stream.of(FrameworkStatus.values())
          .collect(Collectors.toUnmodifiableMap(FrameworkStatus::name, status -> status));

  /** Whether the list is sorted by the last change and not by the start. */
  private static final Map<String, Boolean> ORDERS =
      Map.of("startedAt", false, "updatedAt", true, "createdAt", false);

  private final Executions executions;

  WorkflowExecutionController(Executions executions) {
    this.executions = executions;
  }

  @Operation(
      summary = "List executions",
      description =
          "Newest first; of one workflow, or of all orchestrations. status is PENDING, RUNNING,"
              + " COMPLETED, FAILED, CANCELLED or RETRYING; dateFrom and dateTo bound the start. FAILED"
              + " and CANCELLED both find executions that were undone.")
  @GetMapping("/executions")
  FrameworkPage<Execution> all(
      @RequestParam(name = "page", required = false) @Nullable Integer page,
      @RequestParam(name = "limit", required = false) @Nullable Integer limit,
      @RequestParam(name = "sortBy", required = false) @Nullable String sortBy,
      @RequestParam(name = "sortOrder", required = false) @Nullable String sortOrder,
      @RequestParam(name = "workflowId", required = false) @Nullable String workflowId,
      @RequestParam(name = "status", required = false) @Nullable String status,
      @RequestParam(name = "dateFrom", required = false) @Nullable String dateFrom,
      @RequestParam(name = "dateTo", required = false) @Nullable String dateTo) {
    FrameworkPage.Asked asked = FrameworkPage.Asked.of(page, limit, sortBy, sortOrder);
    boolean byUpdate = asked.order(ORDERS, false);
    FlowOrder order =
        asked.descending()
            ? byUpdate ? FlowOrder.LAST_UPDATE_FIRST : FlowOrder.NEWEST_START_FIRST
            : byUpdate ? FlowOrder.FIRST_UPDATE_FIRST : FlowOrder.OLDEST_START_FIRST;
    String word = FlowFilter.present(status);
    return executions.list(
        FlowFilter.present(workflowId),
        word == null ? null : FrameworkPage.named("status", word, STATUSES),
        new TimeRange(FlowFilter.time("dateFrom", dateFrom), FlowFilter.time("dateTo", dateTo)),
        order,
        asked);
  }

  @Operation(summary = "Show an execution with the logs of its steps")
  @GetMapping("/executions/{executionId}")
  Execution one(@PathVariable("executionId") String executionId) {
    return executions.require(executionId);
  }
}

package io.doundo.orchestrator.api.v1;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.query.flow.FlowView;
import io.doundo.orchestrator.query.flow.FlowView.FlowStepView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The numbers of a workflow. */
@RestController
@RequestMapping({"/api/v1", "/api/v1/orchestration"})
@Tag(name = "Framework")
class WorkflowMetricsController {

  /** Times are averages of so many executions, the newest ones. */
  private static final int SAMPLE = 50;

  /** Those that ended without success. A parked one has not ended. */
  static final Set<FlowStatus> FAILED = Set.of(FlowStatus.UNDONE, FlowStatus.REJECTED);

  private final Workflows workflows;
  private final Executions executions;

  WorkflowMetricsController(Workflows workflows, Executions executions) {
    this.workflows = workflows;
    this.executions = executions;
  }

  /**
   * The numbers.
   *
   * @param failedExecutions those that ended without success, cancelled ones among them
   * @param averageExecutionTime ms, of the newest completed executions; null when there is none
   * @param averageStepExecutionTime ms, of their steps
   * @param successRate of those that ended, the share that completed; null when none has
   */
  record WorkflowMetrics(
      String workflowId,
      long totalExecutions,
      long successfulExecutions,
      long failedExecutions,
      @Nullable Double averageExecutionTime,
      @Nullable Double averageStepExecutionTime,
      @Nullable Double successRate,
      @Nullable Instant lastExecutionAt,
      @Nullable FrameworkStatus lastExecutionStatus) {}

  @Operation(
      summary = "Show the numbers of a workflow",
      description =
          "Of the executions that are listed. Times are averages of the 50 newest that completed.")
  @GetMapping("/workflows/{workflowId}/metrics")
  WorkflowMetrics metrics(@PathVariable("workflowId") String workflowId) {
    workflows.require(workflowId);
    long completed = executions.count(workflowId, Set.of(FlowStatus.COMPLETED));
    long failed = executions.count(workflowId, FAILED);
    List<FlowView> sample = executions.newest(workflowId, Set.of(FlowStatus.COMPLETED), SAMPLE);
    FlowView last = executions.newest(workflowId, Set.of(), 1).stream().findFirst().orElse(null);
    return new WorkflowMetrics(
        workflowId,
        executions.count(workflowId, Set.of()),
        completed,
        failed,
        present(
            sample.stream()
                .filter(flow -> flow.completedAt() != null)
                .mapToLong(
                    flow ->
                        Duration.between(
                                flow.startedAt(), Objects.requireNonNull(flow.completedAt()))
                            .toMillis())
                .average()),
        present(
            sample.stream()
                .flatMap(flow -> flow.steps().stream())
                .map(FlowStepView::durationMs)
                .filter(Objects::nonNull)
                .mapToLong(Long::longValue)
                .average()),
        completed + failed == 0 ? null : (double) completed / (completed + failed),
        last == null ? null : last.startedAt(),
        last == null ? null : FrameworkStatus.of(last));
  }

  private static @Nullable Double present(OptionalDouble average) {
    return average.isPresent() ? average.getAsDouble() : null;
  }
}

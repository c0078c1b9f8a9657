package io.doundo.orchestrator.api.dashboard;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.doundo.orchestrator.query.flow.FlowView;
import org.jspecify.annotations.Nullable;

/**
 * A flow in a list of executions.
 *
 * @param executedSteps how many of its steps have begun
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record ExecutionRow(
    String executionId,
    String status,
    @Nullable String startTime,
    @Nullable String endTime,
    @Nullable String initiator,
    long executedSteps,
    long failedSteps) {

  /**
   * @param isKnown whether the orchestration is registered
   */
  static ExecutionRow of(FlowView flow, boolean isKnown, DashboardTimes times) {
    return new ExecutionRow(
        flow.flowId(),
        DashboardWords.execution(flow.status(), isKnown).name(),
        times.shown(flow.startedAt()),
        times.shown(flow.completedAt()),
        flow.initiator(),
        flow.steps().stream().filter(step -> step.startedAt() != null).count(),
        flow.steps().stream().filter(step -> DashboardWords.isFailed(step.status())).count());
  }
}

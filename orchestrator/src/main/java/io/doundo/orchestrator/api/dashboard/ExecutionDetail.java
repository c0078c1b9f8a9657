package io.doundo.orchestrator.api.dashboard;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.doundo.orchestrator.api.dashboard.ExecutionEvents.AuditEvent;
import io.doundo.orchestrator.api.dashboard.ExecutionEvents.TimelineEvent;
import io.doundo.orchestrator.query.Payload;
import io.doundo.orchestrator.query.definition.OrchestrationView;
import io.doundo.orchestrator.query.definition.OrchestrationView.OrchestrationStepView;
import io.doundo.orchestrator.query.flow.FlowView;
import io.doundo.orchestrator.query.flow.FlowView.FlowStepView;
import io.doundo.orchestrator.query.timeline.StepAttempt;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One flow with its steps and its timeline. docs/dashboards.md says which fields are always null,
 * and why.
 *
 * @param failureReason why a flow that is shown as FAILED or NOT_REGISTERED is so
 * @param correlationId the header of that name, if the start had one
 * @param overallDurationMs null until the flow has ended
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record ExecutionDetail(
    String executionId,
    String orchName,
    String status,
    @Nullable String failureReason,
    @Nullable String type,
    @Nullable String initiator,
    @Nullable String triggeredBy,
    @Payload @Nullable String correlationId,
    @Nullable String startedAt,
    @Nullable String completedAt,
    @Nullable String lastUpdatedAt,
    @Nullable Long overallDurationMs,
    int totalSteps,
    long successfulSteps,
    long failedSteps,
    long rolledBackSteps,
    long percentageCompleted,
    @Nullable String retryPolicy,
    List<ExecutionStep> steps,
    List<TimelineEvent> timeline) {

  /**
   * One step.
   *
   * @param operationType of its last command; null while it has none
   * @param retryCount attempts minus one
   * @param maxRetries attempts in all; null when the definition is not known
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record ExecutionStep(
      int seq,
      String name,
      @Nullable String status,
      @Nullable String operationType,
      @Nullable String executedBy,
      @Nullable String startTime,
      @Nullable String endTime,
      @Nullable Long durationMs,
      @Nullable String errorMessage,
      @Nullable String failureReason,
      int retryCount,
      @Nullable Integer maxRetries,
      @Nullable String lastRetryAt,
      boolean rollbackTriggered,
      @Nullable String rollbackStepRef,
      @Nullable String logsUrl,
      @Nullable String workerService) {}

  /**
   * @param definition the version that the flow runs on; null while it has none
   * @param log what was found of its audit log
   * @param events the same in the words of dashboards
   * @param isKnown whether the orchestration is registered
   */
  static ExecutionDetail of(
      FlowView flow,
      @Nullable OrchestrationView definition,
      List<AuditRecord> log,
      List<AuditEvent> events,
      boolean isKnown,
      DashboardTimes times) {
    String failure = failure(flow);
    List<ExecutionStep> steps =
        flow.steps().stream().map(step -> step(step, failure, definition, log, times)).toList();
    FlowView.PartView part = flow.part();
    Instant end = flow.completedAt();
    return new ExecutionDetail(
        flow.flowId(),
        flow.orchestrationName(),
        DashboardWords.execution(flow.status(), isKnown).name(),
        failure,
        definition == null ? null : definition.type().name(),
        flow.initiator(),
        part == null ? flow.initiator() : part.parent(),
        correlationId(flow.headers()),
        times.shown(flow.startedAt()),
        times.shown(end),
        times.shown(flow.updatedAt()),
        end == null ? null : Duration.between(flow.startedAt(), end).toMillis(),
        steps.size(),
        steps.stream().filter(step -> "DO_SUCCESS".equals(step.status())).count(),
        flow.steps().stream().filter(step -> DashboardWords.isFailed(step.status())).count(),
        steps.stream().filter(step -> "UNDO_SUCCESS".equals(step.status())).count(),
        percentage(flow),
        null,
        steps,
        events.stream().map(AuditEvent::inTimeline).toList());
  }

  private static @Nullable String failure(FlowView flow) {
    return switch (flow.status()) {
      case PARKED -> flow.parkReason() + (flow.reason() == null ? "" : ": " + flow.reason());
      case ABANDONED, REJECTED -> flow.reason() == null ? flow.status().name() : flow.reason();
      case WAITING, IN_PROGRESS, COMPLETED, UNDOING, UNDONE -> null;
    };
  }

  /** A flow without steps has nothing left to do once it has completed, and has done nothing. */
  private static long percentage(FlowView flow) {
    if (flow.steps().isEmpty()) {
      return 0;
    }
    long passed =
        flow.steps().stream()
            .filter(step -> DashboardWords.isPassed(step.status(), step.undoAttempts() > 0))
            .count();
    return passed * 100 / flow.steps().size();
  }

  private static @Nullable String correlationId(@Nullable RawJson headers) {
    return headers == null
        ? null
        : Json.MAPPER.readTree(headers.bytes()).path("correlationId").asString(null);
  }

  private static ExecutionStep step(
      FlowStepView step,
      @Nullable String failure,
      @Nullable OrchestrationView definition,
      List<AuditRecord> log,
      DashboardTimes times) {
    boolean isUndo = step.undoAttempts() > 0;
    boolean isFailed = DashboardWords.isFailed(step.status());
    String error = step.errorMessage();
    return new ExecutionStep(
        step.seq(),
        step.name(),
        DashboardWords.step(step.status(), isUndo),
        isUndo ? "UNDO" : step.attempts() > 0 ? "DO" : null,
        step.workerService(),
        times.shown(step.startedAt()),
        times.shown(step.endedAt()),
        step.durationMs(),
        error,
        !isFailed ? null : failure == null ? error : failure,
        Math.max(0, step.attempts() - 1),
        maxAttempts(definition, step.name()),
        times.shown(lastRetry(log, step.name())),
        isUndo,
        null,
        null,
        step.workerService());
  }

  private static @Nullable Integer maxAttempts(
      @Nullable OrchestrationView definition, String step) {
    return definition == null
        ? null
        : definition.steps().stream()
            .filter(one -> one.name().equals(step))
            .filter(one -> one.doTopic() != null)
            .map(OrchestrationStepView::retry)
            .map(retry -> retry.maxAttempts())
            .findFirst()
            .orElse(null);
  }

  private static @Nullable Instant lastRetry(List<AuditRecord> log, String step) {
    return StepAttempt.of(log, step).stream()
        .filter(attempt -> attempt.action() == CommandAction.DO && attempt.n() > 1)
        .map(StepAttempt::sentAt)
        .filter(Objects::nonNull)
        .max(Instant::compareTo)
        .orElse(null);
  }
}

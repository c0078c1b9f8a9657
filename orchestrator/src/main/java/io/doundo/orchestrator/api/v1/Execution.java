package io.doundo.orchestrator.api.v1;

import io.doundo.protocol.json.RawJson;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A flow in the framework's shape.
 *
 * @param workflowVersion null while it has no definition
 * @param input its payload; null when it has expired
 * @param currentStepId the first step that has begun and not ended
 * @param error why it failed or was cancelled
 * @param stepsExecuted the steps that have begun, those within lists left out
 */
record Execution(
    String id,
    String workflowId,
    @Nullable Integer workflowVersion,
    FrameworkStatus status,
    @Nullable RawJson input,
    @Nullable RawJson output,
    @Nullable String currentStepId,
    Instant startedAt,
    @Nullable Instant completedAt,
    @Nullable String error,
    List<ExecutedStep> stepsExecuted) {

  /**
   * A step of an execution.
   *
   * @param duration from its first command to its last answer, in ms
   * @param logs empty in lists
   */
  record ExecutedStep(
      String id,
      String executionId,
      String stepId,
      String stepName,
      FrameworkStatus status,
      @Nullable RawJson output,
      Instant startedAt,
      @Nullable Instant completedAt,
      @Nullable Long duration,
      int attempt,
      @Nullable String error,
      List<LogLine> logs) {}

  /** A line in the log of a step. */
  record LogLine(Instant timestamp, String level, String message) {}
}

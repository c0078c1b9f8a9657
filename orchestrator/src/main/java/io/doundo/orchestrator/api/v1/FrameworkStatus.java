package io.doundo.orchestrator.api.v1;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.query.flow.FlowView;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The statuses of executions and steps in the framework. */
enum FrameworkStatus {
  PENDING,
  RUNNING,
  COMPLETED,
  FAILED,
  CANCELLED,
  RETRYING;

  /** The reason that a CANCEL leaves: who asked and why, if that is known. */
  private static final Pattern CANCELLED_BY = Pattern.compile("CANCEL(?:[ :].*)?", Pattern.DOTALL);

  static FrameworkStatus of(FlowView flow) {
    boolean isRetried = flow.steps().stream().anyMatch(step -> step.status() == StepStatus.DO_FAIL);
    return of(flow.status(), isRetried, flow.reason());
  }

  static FrameworkStatus of(FlowStatus status, boolean isRetried, @Nullable String reason) {
    boolean isCancelled = reason != null && CANCELLED_BY.matcher(reason).matches();
    return switch (status) {
      case WAITING -> PENDING;
      case IN_PROGRESS -> isRetried ? RETRYING : RUNNING;
      case UNDOING -> RUNNING;
      case COMPLETED -> COMPLETED;
      case UNDONE, REJECTED -> isCancelled ? CANCELLED : FAILED;
      case PARKED -> FAILED;
      case ABANDONED -> CANCELLED;
    };
  }

  static FrameworkStatus of(StepStatus status) {
    return switch (status) {
      case PENDING -> PENDING;
      case COMPUTING, ARMED, IN_PROGRESS, WAITING, HELD, UNDOING -> RUNNING;
      case DO_SUCCESS, RESOLVED -> COMPLETED;
      case DO_FAIL -> RETRYING;
      case FAILED, RETRY_EXHAUSTED, IN_DOUBT, UNDO_FAIL, GIVEN_UP -> FAILED;
      case UNDO_SUCCESS, SKIPPED, NOT_TAKEN -> CANCELLED;
    };
  }

  /** The statuses of ours in which executions may have this one. */
  Set<FlowStatus> ours() {
    return switch (this) {
      case PENDING -> EnumSet.of(FlowStatus.WAITING);
      case RUNNING -> EnumSet.of(FlowStatus.IN_PROGRESS, FlowStatus.UNDOING);
      case COMPLETED -> EnumSet.of(FlowStatus.COMPLETED);
      case FAILED -> EnumSet.of(FlowStatus.UNDONE, FlowStatus.REJECTED, FlowStatus.PARKED);
      case CANCELLED -> EnumSet.of(FlowStatus.UNDONE, FlowStatus.REJECTED, FlowStatus.ABANDONED);
      case RETRYING -> EnumSet.of(FlowStatus.IN_PROGRESS);
    };
  }
}

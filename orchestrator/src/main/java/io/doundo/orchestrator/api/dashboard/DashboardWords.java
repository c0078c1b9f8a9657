package io.doundo.orchestrator.api.dashboard;

import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.protocol.CommandAction;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What our words become in the answers to dashboards. */
final class DashboardWords {

  private DashboardWords() {}

  /** The status of an execution. */
  enum Execution {
    PENDING,
    IN_PROGRESS,
    COMPLETED,
    FAILED,
    UNDOING,
    UNDONE,
    NOT_REGISTERED;

    /**
     * The statuses of ours that become this one.
     *
     * @param isKnown whether the orchestration is registered
     */
    Set<FlowStatus> ours(boolean isKnown) {
      Set<FlowStatus> ours = EnumSet.noneOf(FlowStatus.class);
      for (FlowStatus status : FlowStatus.values()) {
        if (execution(status, isKnown) == this) {
          ours.add(status);
        }
      }
      return ours;
    }
  }

  /** The status of a registered orchestration and of its steps. */
  enum Registered {
    SUCCESS,
    FAILED,
    PENDING
  }

  /**
   * @param isKnown whether the orchestration is registered
   */
  static Execution execution(FlowStatus status, boolean isKnown) {
    return switch (status) {
      case WAITING -> Execution.PENDING;
      case IN_PROGRESS -> Execution.IN_PROGRESS;
      case COMPLETED -> Execution.COMPLETED;
      case UNDOING -> Execution.UNDOING;
      case UNDONE -> Execution.UNDONE;
      case PARKED, ABANDONED -> Execution.FAILED;
      case REJECTED -> isKnown ? Execution.FAILED : Execution.NOT_REGISTERED;
    };
  }

  /**
   * The status of a step; null for one that was passed over.
   *
   * @param isUndo whether an UNDO of it was sent
   */
  static @Nullable String step(StepStatus status, boolean isUndo) {
    return switch (status) {
      case PENDING -> "PENDING";
      case COMPUTING, ARMED, IN_PROGRESS, WAITING -> "IN_PROGRESS";
      case DO_SUCCESS -> "DO_SUCCESS";
      case DO_FAIL, FAILED, IN_DOUBT -> "DO_FAIL";
      case RETRY_EXHAUSTED -> "RETRY_EXHAUSTED";
      case HELD -> isUndo ? "UNDOING" : "IN_PROGRESS";
      case UNDOING -> "UNDOING";
      case UNDO_SUCCESS -> "UNDO_SUCCESS";
      case UNDO_FAIL -> "UNDO_FAIL";
      case RESOLVED -> isUndo ? "UNDO_SUCCESS" : "DO_SUCCESS";
      case SKIPPED, NOT_TAKEN, GIVEN_UP -> null;
    };
  }

  /** Whether a step with this status counts as failed. */
  static boolean isFailed(StepStatus status) {
    return switch (status) {
      case DO_FAIL, FAILED, IN_DOUBT, RETRY_EXHAUSTED, UNDO_FAIL -> true;
      case PENDING,
          COMPUTING,
          ARMED,
          IN_PROGRESS,
          WAITING,
          HELD,
          DO_SUCCESS,
          UNDOING,
          UNDO_SUCCESS,
          RESOLVED,
          SKIPPED,
          NOT_TAKEN,
          GIVEN_UP ->
          false;
    };
  }

  /** Whether the flow has gone on behind a step with this status. */
  static boolean isPassed(StepStatus status, boolean isUndo) {
    return switch (status) {
      case DO_SUCCESS, SKIPPED, NOT_TAKEN, GIVEN_UP -> true;
      case RESOLVED -> !isUndo;
      case PENDING,
          COMPUTING,
          ARMED,
          IN_PROGRESS,
          WAITING,
          HELD,
          DO_FAIL,
          FAILED,
          IN_DOUBT,
          RETRY_EXHAUSTED,
          UNDOING,
          UNDO_SUCCESS,
          UNDO_FAIL ->
          false;
    };
  }

  /** The event of an entry of the audit log; null for one that dashboards have no word for. */
  static @Nullable String event(FlowEventType type, @Nullable CommandAction action) {
    boolean isUndo = action == CommandAction.UNDO;
    return switch (type) {
      case FLOW_STARTED -> "ORCHESTRATION_STARTED";
      case FLOW_COMPLETED -> "ORCHESTRATION_COMPLETED";
      case FLOW_PARKED, FLOW_ABANDONED, FLOW_REJECTED -> "ORCHESTRATION_FAILED";
      case FLOW_TIMED_OUT -> "ROLLBACK_TRIGGERED";
      case FLOW_UNDOING -> "ROLLBACK_STARTED";
      case FLOW_UNDONE -> "ROLLBACK_COMPLETED";
      case FLOW_PAUSED -> "WORKFLOW_PAUSED";
      case FLOW_RESUMED, FLOW_UNPARKED -> "WORKFLOW_RESUMED";
      case STEP_STARTED, STEP_WAITING -> isUndo ? "UNDO_STARTED" : "STEP_STARTED";
      case STEP_SUCCESS, STEP_RESOLVED -> isUndo ? "UNDO_COMPLETED" : "STEP_SUCCESS";
      case STEP_FAILED, STEP_TIMED_OUT -> isUndo ? "UNDO_FAILED" : "STEP_FAILED";
      case STEP_RETRY_TRIGGERED -> "STEP_RETRY_TRIGGERED";
      case STEP_RETRY_EXHAUSTED -> "RETRY_EXHAUSTED";
      case STEP_NOT_TAKEN, STEP_GIVEN_UP, STEP_SKIPPED -> "STEP_SKIPPED";
      case FLOW_WAITING,
          FLOW_CANCEL_DEFERRED,
          FLOW_CANCEL_DROPPED,
          STEP_ARMED,
          STEP_HELD,
          STEP_RELEASED,
          STEP_IN_DOUBT,
          CONTROL_ACCEPTED,
          CONTROL_REFUSED,
          SIGNAL_KEPT,
          SIGNAL_TAKEN,
          SIGNAL_REFUSED,
          SIGNAL_PASSED_ON,
          TASK_ASSIGNED,
          PART_BEGUN,
          PART_ENDED,
          ROUND_ENDED,
          INCIDENT,
          ANSWER_IGNORED ->
          null;
    };
  }

  /** The status of the step that an event is about; null for one of no step, or of no status. */
  static @Nullable String stepStatus(String event, @Nullable CommandAction action) {
    return switch (event) {
      case "STEP_STARTED" -> "IN_PROGRESS";
      case "STEP_SUCCESS" -> "DO_SUCCESS";
      case "STEP_FAILED" -> "DO_FAIL";
      case "STEP_RETRY_TRIGGERED" -> action == CommandAction.UNDO ? "UNDO_FAIL" : "DO_FAIL";
      case "RETRY_EXHAUSTED" -> action == CommandAction.UNDO ? "UNDO_FAIL" : "RETRY_EXHAUSTED";
      case "UNDO_STARTED" -> "UNDOING";
      case "UNDO_COMPLETED" -> "UNDO_SUCCESS";
      case "UNDO_FAILED" -> "UNDO_FAIL";
      default -> null;
    };
  }
}

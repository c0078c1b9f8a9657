package io.doundo.protocol;

import io.doundo.protocol.json.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * A worker's answer.
 *
 * @param status whether it succeeded
 * @param attempt the echoed attempt, or 0 when it was not echoed
 * @param commandId the echoed {@code saga-command-id}, or null
 * @param outcome null from a worker without a fence
 * @param payload the result; null when absent or JSON null
 * @param failedAction the action that a {@code FAIL_STEP} refers to, if the answer copies the
 *     command's {@code eventType}; else null
 * @param failedSentAt when the command of a {@code FAIL_STEP} was sent, if the answer copies its
 *     {@code timestamp}, ms since the epoch; else 0
 * @param mayFollowUndo whether the fence may have lost an UNDO that came before this DO
 * @param retryAfterMs the earliest time of the next attempt, in ms from now; 0 when absent
 * @param serviceFault whether the cause of the failure is the service, not the command
 * @param workerVersion the version of the worker, or null
 * @param pickedUp when the handler began, ms since the epoch by the worker's clock; 0 when the
 *     worker does not say
 * @param handledMs how long the handler ran; 0 when the worker does not say
 */
public record Answer(
    String flowId,
    String stepName,
    AnswerAction action,
    boolean status,
    @Nullable String errorMessage,
    int attempt,
    @Nullable String commandId,
    @Nullable Outcome outcome,
    @Nullable String worker,
    @Nullable RawJson payload,
    @Nullable CommandAction failedAction,
    long failedSentAt,
    boolean mayFollowUndo,
    long retryAfterMs,
    boolean serviceFault,
    @Nullable String workerVersion,
    long pickedUp,
    long handledMs) {

  /** An answer of a worker that says neither its version nor how long its handler ran. */
  public Answer(
      String flowId,
      String stepName,
      AnswerAction action,
      boolean status,
      @Nullable String errorMessage,
      int attempt,
      @Nullable String commandId,
      @Nullable Outcome outcome,
      @Nullable String worker,
      @Nullable RawJson payload,
      @Nullable CommandAction failedAction,
      long failedSentAt,
      boolean mayFollowUndo,
      long retryAfterMs,
      boolean serviceFault) {
    this(
        flowId,
        stepName,
        action,
        status,
        errorMessage,
        attempt,
        commandId,
        outcome,
        worker,
        payload,
        failedAction,
        failedSentAt,
        mayFollowUndo,
        retryAfterMs,
        serviceFault,
        null,
        0,
        0);
  }

  /** An answer with none of the optional headers. */
  public Answer(
      String flowId,
      String stepName,
      AnswerAction action,
      boolean status,
      @Nullable String errorMessage,
      int attempt,
      @Nullable String commandId,
      @Nullable Outcome outcome,
      @Nullable String worker,
      @Nullable RawJson payload) {
    this(
        flowId,
        stepName,
        action,
        status,
        errorMessage,
        attempt,
        commandId,
        outcome,
        worker,
        payload,
        null,
        0,
        false,
        0,
        false);
  }

  /**
   * Whether a fence vouches for the answer, so that an UNDO already sent covers its effect.
   * Outcomes that workers without a fence also use are never vouched for.
   */
  public boolean vouched() {
    return outcome != null && !outcome.isUnchanged() && !mayFollowUndo;
  }
}

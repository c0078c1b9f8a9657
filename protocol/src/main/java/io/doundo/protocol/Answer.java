package io.doundo.protocol;

import io.doundo.protocol.json.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * What a worker answered.
 *
 * @param status whether it succeeded
 * @param attempt the echoed attempt, or 0 when it was not echoed
 * @param commandId the echoed {@code saga-command-id}, or null
 * @param outcome null from a worker without a fence
 * @param payload the result; null when absent or JSON null
 * @param failedAction which action a {@code FAIL_STEP} is about, as far as a copied {@code
 *     eventType} of the command tells; else null
 * @param failedSentAt when the command was sent that a {@code FAIL_STEP} is about, as far as its
 *     copied {@code timestamp} tells, ms since the epoch; else 0
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
    long failedSentAt) {

  /** An answer that copies neither {@code eventType} nor {@code timestamp}. */
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
        0);
  }
}

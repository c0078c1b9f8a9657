package io.doundo.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What a worker answered.
 *
 * @param status whether it succeeded
 * @param attempt the echoed attempt, or 0 when it was not echoed
 * @param commandId the echoed {@code saga-command-id}, or null
 * @param outcome null from a worker without a fence
 * @param payload the result; null when absent or JSON null
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
    @Nullable RawJson payload) {}

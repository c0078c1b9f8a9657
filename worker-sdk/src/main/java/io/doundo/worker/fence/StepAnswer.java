package io.doundo.worker.fence;

import io.doundo.protocol.Outcome;
import io.doundo.protocol.json.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a step.
 *
 * @param retryable false when the handler said that trying again is of no use ({@code FAIL_STEP})
 * @param result what the DO returned; null when it returned nothing, and when {@code resultSent}
 * @param resultSent the result was dropped after the orchestrator's broker had acknowledged it
 */
public record StepAnswer(
    Outcome outcome,
    boolean retryable,
    @Nullable String error,
    @Nullable RawJson result,
    boolean resultSent) {

  static StepAnswer success(Outcome outcome) {
    return new StepAnswer(outcome, true, null, null, false);
  }

  static StepAnswer failure(Outcome outcome, boolean retryable, String error) {
    return new StepAnswer(outcome, retryable, error, null, false);
  }
}

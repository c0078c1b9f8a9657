package io.doundo.worker.fence;

import io.doundo.protocol.Outcome;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a step.
 *
 * @param retryable false when the handler said that trying again is of no use ({@code FAIL_STEP})
 * @param result what the DO returned; null when it returned nothing, and when {@code resultSent}
 * @param resultSent the result was dropped after the orchestrator's broker had acknowledged it
 * @param mayFollowUndo the fence may have forgotten an UNDO of the step that was there before the
 *     run began: if one was sent, it has to be sent again
 * @param retryAfter the pause that the handler requests; the fence does not keep it, so a repeated
 *     stored answer has none
 * @param serviceFault whether the service that the step uses is unwell, whatever the command asked
 *     for; the fence does not keep it either
 */
public record StepAnswer(
    Outcome outcome,
    boolean retryable,
    @Nullable String error,
    @Nullable RawJson result,
    boolean resultSent,
    boolean mayFollowUndo,
    @Nullable Duration retryAfter,
    boolean serviceFault) {

  /** Why a DO was refused whose deadline had passed; the scripts use the same words. */
  static final String OVERDUE = "the DO arrived after its deadline and was not run";

  /** An answer without a requested pause. */
  public StepAnswer(
      Outcome outcome,
      boolean retryable,
      @Nullable String error,
      @Nullable RawJson result,
      boolean resultSent,
      boolean mayFollowUndo) {
    this(outcome, retryable, error, result, resultSent, mayFollowUndo, null, false);
  }

  static StepAnswer success(Outcome outcome) {
    return new StepAnswer(outcome, true, null, null, false, false);
  }

  /**
   * The answer to a run that ended like this if it still held its step, and nothing else is known
   * of it: nearly always. Only the fence decides it; null when it depends on more.
   */
  public static @Nullable StepAnswer usual(Settled settled) {
    if (settled instanceof Settled.Done done) {
      return new StepAnswer(Outcome.OK, true, null, done.result(), false, false);
    }
    return settled instanceof Settled.Undone ? success(Outcome.UNDONE) : null;
  }

  /** Whether a DO was refused because its deadline had passed, by the fence's clock. */
  public boolean isOverdue() {
    return OVERDUE.equals(error);
  }

  /** The same, and trying again is of no use. */
  public StepAnswer forGood() {
    return new StepAnswer(outcome, false, error, result, resultSent, mayFollowUndo);
  }

  /** The same, with a pause before the next attempt. */
  public StepAnswer after(Duration pause) {
    return new StepAnswer(
        outcome, retryable, error, result, resultSent, mayFollowUndo, pause, serviceFault);
  }

  /** The same, and the service that the step uses is unwell. */
  public StepAnswer withServiceFault() {
    return new StepAnswer(
        outcome, retryable, error, result, resultSent, mayFollowUndo, retryAfter, true);
  }

  /** The same answer to an UNDO whose run found nothing to undo. */
  public StepAnswer ofNothingToUndo() {
    return outcome == Outcome.UNDONE ? success(Outcome.UNDONE_EMPTY) : this;
  }

  /** The same, and an UNDO may have been there before. */
  StepAnswer afterUndo() {
    return new StepAnswer(outcome, retryable, error, result, resultSent, true);
  }

  static StepAnswer failure(Outcome outcome, boolean retryable, String error) {
    return new StepAnswer(outcome, retryable, error, null, false, false);
  }
}

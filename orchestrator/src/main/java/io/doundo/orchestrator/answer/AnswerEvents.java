package io.doundo.orchestrator.answer;

import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.definition.FailStep;
import io.doundo.protocol.Answer;
import io.doundo.protocol.AnswerAction;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * The translation of a worker's answer into an event of its flow. A success whose result cannot be
 * kept is a failure that leaves an effect, unless it changed nothing.
 */
public final class AnswerEvents {

  /** Facts that the answer lacks and the caller knows. */
  public interface Context {

    /** The orchestrator's clock, ms since the epoch. */
    long now();

    /**
     * The action that a {@code FAIL_STEP} refers to; null when nobody can tell, which means the one
     * in flight.
     */
    @Nullable CommandAction failedAction();

    /** The meaning of this step's {@code FAIL_STEP} of a DO without {@code saga-outcome}. */
    FailStep failStep();

    /** Why the result cannot be kept with the flow; null when it can. */
    @Nullable String whyUnfit();

    /** Keeps the result with the flow; null when it is absent or empty. */
    @Nullable Content keptResult();
  }

  private final Answer answer;
  private final Context context;

  private AnswerEvents(Answer answer, Context context) {
    this.answer = answer;
    this.context = context;
  }

  /** The event that the answer means for its flow. */
  public static FlowEvent of(Answer answer, Context context) {
    return new AnswerEvents(answer, context).event();
  }

  private FlowEvent event() {
    Outcome outcome = answer.outcome();
    if (answer.action() == AnswerAction.FAIL_STEP) {
      return failed(context.failedAction(), finalKind(outcome), answer.errorMessage());
    }
    CommandAction action =
        answer.action() == AnswerAction.UNDO ? CommandAction.UNDO : CommandAction.DO;
    if (outcome == Outcome.LATE_EFFECT) {
      Content result = context.whyUnfit() == null ? context.keptResult() : null;
      return new EffectLanded(
          context.now(), answer.stepName(), action, answerOf(), result, answer.worker());
    }
    if (outcome == Outcome.FENCED || !answer.status()) {
      return failed(action, kind(outcome), answer.errorMessage());
    }
    if (action == CommandAction.UNDO) {
      return succeeded(action, null);
    }
    String unfit = context.whyUnfit();
    if (unfit == null) {
      return succeeded(action, context.keptResult());
    }
    return failed(action, unfitKind(outcome), unfit);
  }

  private static FailureKind unfitKind(@Nullable Outcome outcome) {
    if (outcome == Outcome.UNCHANGED) {
      return FailureKind.NO_EFFECT_FINAL;
    }
    return outcome == Outcome.UNCHANGED_IN_DOUBT
        ? FailureKind.UNKNOWN_FINAL
        : FailureKind.RESULT_TOO_LARGE;
  }

  private AnswerOf answerOf() {
    return new AnswerOf(
        answer.commandId(),
        answer.attempt(),
        answer.vouched(),
        answer.mayFollowUndo(),
        answer.workerVersion(),
        answer.pickedUp(),
        answer.handledMs());
  }

  private StepSucceeded succeeded(CommandAction action, @Nullable Content result) {
    return new StepSucceeded(
        context.now(),
        answer.stepName(),
        action,
        answerOf(),
        result,
        answer.worker(),
        isUnchanged(action),
        isUnchanged(action) && answer.outcome() == Outcome.UNCHANGED_IN_DOUBT);
  }

  private boolean isUnchanged(CommandAction action) {
    Outcome outcome = answer.outcome();
    return action == CommandAction.DO && outcome != null && outcome.isUnchanged();
  }

  private StepFailed failed(
      @Nullable CommandAction action, FailureKind kind, @Nullable String error) {
    long now = context.now();
    return new StepFailed(
        now,
        answer.stepName(),
        action,
        answerOf(),
        kind,
        error,
        answer.worker(),
        answer.retryAfterMs() == 0 ? 0 : now + answer.retryAfterMs(),
        answer.serviceFault());
  }

  private static FailureKind kind(@Nullable Outcome outcome) {
    if (outcome == null) {
      return FailureKind.FAILED;
    }
    return switch (outcome) {
      case NO_EFFECT -> FailureKind.NO_EFFECT;
      case UNKNOWN -> FailureKind.UNKNOWN;
      case FENCED -> FailureKind.FENCED;
      case OK, UNCHANGED, UNCHANGED_IN_DOUBT, UNDONE, UNDONE_EMPTY, LATE_EFFECT ->
          FailureKind.FAILED;
    };
  }

  private FailureKind finalKind(@Nullable Outcome outcome) {
    if (outcome == null) {
      return context.failStep() == FailStep.RETRY ? FailureKind.FAILED : FailureKind.FINAL;
    }
    return switch (outcome) {
      case NO_EFFECT -> FailureKind.NO_EFFECT_FINAL;
      case UNKNOWN, LATE_EFFECT -> FailureKind.UNKNOWN_FINAL;
      case FENCED -> FailureKind.FENCED;
      case OK, UNCHANGED, UNCHANGED_IN_DOUBT, UNDONE, UNDONE_EMPTY -> FailureKind.FINAL;
    };
  }
}

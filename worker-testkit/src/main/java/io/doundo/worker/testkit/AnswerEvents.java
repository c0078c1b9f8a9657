package io.doundo.worker.testkit;

import io.doundo.orchestrator.core.Action;
import io.doundo.orchestrator.core.Content;
import io.doundo.orchestrator.core.FailureKind;
import io.doundo.orchestrator.core.FlowEvent;
import io.doundo.orchestrator.core.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.FlowEvent.StepSucceeded;
import io.doundo.protocol.Answer;
import io.doundo.protocol.AnswerAction;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.Outcome;
import org.jspecify.annotations.Nullable;

/** What an answer means for its flow, as the orchestrator reads it. */
final class AnswerEvents {

  private AnswerEvents() {}

  static FlowEvent of(Answer answer, @Nullable Content result, long at) {
    Outcome outcome = answer.outcome();
    AnswerOf answerOf = new AnswerOf(answer.commandId(), answer.attempt(), outcome != null);
    String step = answer.stepName();
    if (answer.action() == AnswerAction.FAIL_STEP) {
      return new StepFailed(
          at,
          step,
          failedAction(answer),
          answerOf,
          finalKind(outcome),
          answer.errorMessage(),
          answer.worker());
    }
    Action action = answer.action() == AnswerAction.UNDO ? Action.UNDO : Action.DO;
    if (outcome == Outcome.LATE_EFFECT) {
      return new EffectLanded(at, step, action, answerOf, result, answer.worker());
    }
    if (outcome == Outcome.FENCED || !answer.status()) {
      return new StepFailed(
          at, step, action, answerOf, kind(outcome), answer.errorMessage(), answer.worker());
    }
    return new StepSucceeded(
        at, step, action, answerOf, action == Action.UNDO ? null : result, answer.worker());
  }

  private static @Nullable Action failedAction(Answer answer) {
    if (answer.failedAction() == null) {
      return null;
    }
    return answer.failedAction() == CommandAction.UNDO ? Action.UNDO : Action.DO;
  }

  private static FailureKind kind(@Nullable Outcome outcome) {
    if (outcome == null) {
      return FailureKind.FAILED;
    }
    return switch (outcome) {
      case NO_EFFECT -> FailureKind.NO_EFFECT;
      case UNKNOWN -> FailureKind.UNKNOWN;
      case FENCED -> FailureKind.FENCED;
      case OK, UNDONE, UNDONE_EMPTY, LATE_EFFECT -> FailureKind.FAILED;
    };
  }

  private static FailureKind finalKind(@Nullable Outcome outcome) {
    if (outcome == null) {
      return FailureKind.FINAL;
    }
    return switch (outcome) {
      case NO_EFFECT -> FailureKind.NO_EFFECT_FINAL;
      case UNKNOWN, LATE_EFFECT -> FailureKind.UNKNOWN_FINAL;
      case FENCED -> FailureKind.FENCED;
      case OK, UNDONE, UNDONE_EMPTY -> FailureKind.FINAL;
    };
  }
}

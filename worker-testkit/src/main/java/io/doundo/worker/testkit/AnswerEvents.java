package io.doundo.worker.testkit;

import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.protocol.Answer;
import io.doundo.protocol.AnswerAction;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.Outcome;
import org.jspecify.annotations.Nullable;

/** Translates an answer into the flow's event, as the orchestrator does. */
final class AnswerEvents {

  private AnswerEvents() {}

  static FlowEvent of(Answer answer, @Nullable Content result, long at) {
    Outcome outcome = answer.outcome();
    AnswerOf answerOf = new AnswerOf(answer.commandId(), answer.attempt(), answer.vouched());
    String step = answer.stepName();
    if (answer.action() == AnswerAction.FAIL_STEP) {
      return new StepFailed(
          at,
          step,
          answer.failedAction(),
          answerOf,
          finalKind(outcome),
          answer.errorMessage(),
          answer.worker());
    }
    CommandAction action =
        answer.action() == AnswerAction.UNDO ? CommandAction.UNDO : CommandAction.DO;
    if (outcome == Outcome.LATE_EFFECT) {
      return new EffectLanded(at, step, action, answerOf, result, answer.worker());
    }
    if (outcome == Outcome.FENCED || !answer.status()) {
      return new StepFailed(
          at, step, action, answerOf, kind(outcome), answer.errorMessage(), answer.worker());
    }
    return new StepSucceeded(
        at, step, action, answerOf, action == CommandAction.UNDO ? null : result, answer.worker());
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

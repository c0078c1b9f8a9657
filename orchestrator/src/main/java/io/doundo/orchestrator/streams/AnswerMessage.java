package io.doundo.orchestrator.streams;

import io.doundo.orchestrator.core.Action;
import io.doundo.orchestrator.core.Content;
import io.doundo.orchestrator.core.FailureKind;
import io.doundo.orchestrator.core.FlowEvent;
import io.doundo.orchestrator.core.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.FlowState;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.Answer;
import io.doundo.protocol.AnswerAction;
import io.doundo.protocol.Outcome;
import io.doundo.protocol.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * A worker's answer. A success whose result is too large to be handed back to the step's own UNDO
 * is a failure that leaves an effect.
 */
record AnswerMessage(InboundRecord record, Answer answer, int maxRecordBytes) implements Message {

  /** What a command needs beside its payload; rather too much. */
  private static final int COMMAND_ROOM = 8 * 1024;

  private static final RawJson EMPTY = RawJson.EMPTY_OBJECT;

  @Override
  public String flowId() {
    return answer.flowId();
  }

  @Override
  public FlowEvent eventFor(Turn turn) {
    Outcome outcome = answer.outcome();
    AnswerOf answerOf = new AnswerOf(answer.commandId(), answer.attempt(), outcome != null);
    if (answer.action() == AnswerAction.FAIL_STEP) {
      return failed(turn, null, answerOf, finalKind(outcome));
    }
    Action action = answer.action() == AnswerAction.UNDO ? Action.UNDO : Action.DO;
    if (outcome == Outcome.FENCED) {
      return failed(turn, action, answerOf, FailureKind.FENCED);
    }
    if (outcome == Outcome.LATE_EFFECT) {
      Content result = fits(turn) ? result(turn) : null;
      return new EffectLanded(
          turn.now(), answer.stepName(), action, answerOf, result, answer.worker());
    }
    if (!answer.status()) {
      return failed(turn, action, answerOf, kind(outcome));
    }
    if (action == Action.UNDO) {
      return new StepSucceeded(
          turn.now(), answer.stepName(), action, answerOf, null, answer.worker());
    }
    if (!fits(turn)) {
      return failed(turn, action, answerOf, FailureKind.RESULT_TOO_LARGE);
    }
    return new StepSucceeded(
        turn.now(), answer.stepName(), action, answerOf, result(turn), answer.worker());
  }

  private StepFailed failed(
      Turn turn, @Nullable Action action, AnswerOf answerOf, FailureKind kind) {
    String error =
        kind == FailureKind.RESULT_TOO_LARGE
            ? "the step succeeded but its result is too large for a record of "
                + maxRecordBytes
                + " bytes"
            : answer.errorMessage();
    return new StepFailed(
        turn.now(), answer.stepName(), action, answerOf, kind, error, answer.worker());
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

  private @Nullable Content result(Turn turn) {
    RawJson payload = answer.payload();
    return payload == null || payload.equals(EMPTY) ? null : turn.add(payload);
  }

  /** Whether the UNDO of this step could carry the result: the DO's payload and it together. */
  private boolean fits(Turn turn) {
    if (record.cut()) {
      return false;
    }
    RawJson payload = answer.payload();
    FlowState state = turn.state();
    Orchestration definition = turn.definition();
    if (payload == null || state == null || definition == null) {
      return true;
    }
    long bytes = COMMAND_ROOM + (long) state.start().size() + payload.size();
    int step = definition.indexOf(answer.stepName());
    if (step >= 0 && step < state.steps().size()) {
      for (int ancestor : definition.graph().ancestors(step)) {
        Content result = state.steps().get(ancestor).result();
        bytes += result == null ? 0 : result.size();
      }
    }
    return bytes <= maxRecordBytes;
  }
}

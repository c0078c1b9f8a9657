package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.AnswerMatch.Kind;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.protocol.CommandAction;

/** Handles the answers to UNDO commands. An answer of an earlier generation settles nothing. */
final class UndoAnswers {

  private UndoAnswers() {}

  static void succeeded(FlowDraft flow, int step, StepSucceeded event) {
    StepDraft draft = flow.steps[step];
    AnswerMatch match = AnswerMatch.of(flow, step, CommandAction.UNDO, event.answerOf());
    count(draft, match, event.answerOf());
    boolean awaited = draft.undoWasSent() && draft.status != StepStatus.UNDO_SUCCESS;
    boolean ofThisGeneration =
        match.is(Kind.OPEN)
            || (match.is(Kind.EARLIER)
                && match.attempt() > draft.undoBase
                && !isOnlyCounted(draft, event.answerOf()));
    if (!awaited || !ofThisGeneration) {
      return;
    }
    long took = took(flow, step, match);
    draft.rest();
    draft.status = StepStatus.UNDO_SUCCESS;
    draft.settle();
    draft.endedAt = flow.at;
    draft.worker = event.worker();
    draft.ranOn(event.answerOf().workerVersion(), CommandAction.UNDO, took, flow.at);
    flow.auditStep(
        FlowEventType.STEP_SUCCESS, step, CommandAction.UNDO, took, event.worker(), null);
  }

  static void failed(FlowDraft flow, int step, StepFailed event) {
    StepDraft draft = flow.steps[step];
    AnswerMatch match = AnswerMatch.of(flow, step, CommandAction.UNDO, event.answerOf());
    if (draft.undoAnswers >= draft.undoBase) {
      // Before that, only successes count: answers may overtake each other, and as many successes
      // as there are unanswered UNDOs of earlier generations may belong to those.
      count(draft, match, event.answerOf());
    }
    if (match.is(Kind.OPEN)) {
      long took = took(flow, step, match);
      draft.rest();
      draft.endedAt = flow.at;
      draft.worker = event.worker();
      draft.ranOn(event.answerOf().workerVersion(), CommandAction.UNDO, took, flow.at);
      draft.failedWith(event.error());
      flow.auditStep(
          FlowEventType.STEP_FAILED, step, CommandAction.UNDO, took, event.worker(), event.error());
      // A bare FAIL_STEP of an UNDO is a failed attempt: nobody has said that it must not be
      // retried.
      boolean retryable = event.kind().retryable() || event.kind() == FailureKind.FINAL;
      OutsideMachine.undoEnded(flow, step, retryable, event.error(), event.notBefore());
    } else if (contradicts(draft, match, event.answerOf())) {
      draft.raise(StepEffect.IN_DOUBT, 0);
      draft.raiseGeneration();
      draft.status = StepStatus.IN_DOUBT;
      flow.auditStep(
          FlowEventType.STEP_IN_DOUBT,
          step,
          CommandAction.UNDO,
          "an UNDO failed after it was answered");
    }
  }

  /**
   * Whether a plain worker reports that the latest UNDO failed although its success was accepted:
   * that success belonged to a duplicate or to an UNDO sent by an aborted transaction, and that
   * UNDO may have run before the effect that the latest one was to undo.
   */
  private static boolean contradicts(StepDraft draft, AnswerMatch match, AnswerOf answer) {
    boolean latest =
        match.is(Kind.SURPLUS)
            || (match.is(Kind.EARLIER)
                && answer.attempt() == draft.undoSent
                && draft.undoSent > draft.undoBase);
    return latest && !answer.vouched() && draft.status == StepStatus.UNDO_SUCCESS;
  }

  /**
   * Whether an answer names no UNDO while those of an earlier generation were sent, too: it may be
   * a duplicate of one of theirs, and perhaps no UNDO of this generation was sent. It settles only
   * an UNDO in flight; any other is sent again, or left to an operator.
   */
  private static boolean isOnlyCounted(StepDraft draft, AnswerOf answer) {
    return isUnmarked(answer) && draft.undoBase > 0;
  }

  private static boolean isUnmarked(AnswerOf answer) {
    return answer.commandId() == null && answer.attempt() == 0;
  }

  private static void count(StepDraft draft, AnswerMatch match, AnswerOf answer) {
    if (isUnmarked(answer) || match.is(Kind.OPEN)) {
      draft.undoAnswers++;
    }
  }

  private static long took(FlowDraft flow, int step, AnswerMatch match) {
    return match.is(Kind.OPEN) ? flow.took(step) : -1;
  }
}

package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.AnswerMatch.Kind;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.protocol.CommandAction;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Handles the answers to DO commands: expected, late, duplicate, surplus and phantom ones. Every
 * answer that may report a new effect is remembered, and the effect is undone if the flow turns
 * back.
 */
final class DoAnswers {

  private DoAnswers() {}

  static void succeeded(FlowDraft flow, int step, StepSucceeded event) {
    AnswerMatch match = AnswerMatch.of(flow, step, CommandAction.DO, event.answerOf());
    count(flow.steps[step], match, event.answerOf());
    if (event.unchanged()) {
      unchanged(flow, step, match, event);
      return;
    }
    if (flow.leadsBack()) {
      StepEffect before = flow.steps[step].effect;
      succeededOnTheWayBack(flow, step, match, event);
      beyondUndosThatMayBeOver(flow, step, match, before, event.answerOf());
    } else {
      succeededOnTheWayForward(flow, step, match, event);
    }
    StepDraft draft = flow.steps[step];
    noteSuccess(draft, match);
    if (draft.hasMoved() && !draft.hasNewRun()) {
      // Not the awaited answer, but one of an effect.
      draft.ranOn(event.answerOf().workerVersion(), CommandAction.DO, -1, flow.at);
    }
  }

  /**
   * Accepts the result of an attempt without effect if the step still waits for one. The known
   * effect of other attempts stays.
   */
  private static void unchanged(FlowDraft flow, int step, AnswerMatch match, StepSucceeded event) {
    StepDraft draft = flow.steps[step];
    boolean awaited =
        flow.leadsBack()
            ? match.is(Kind.OPEN)
            : !draft.passed() && !match.is(Kind.PHANTOM) && draft.doSent > 0;
    // A surplus means that one of the answers was misattributed.
    boolean doubtful = match.surplus() || event.inDoubt();
    boolean givesUpAnother = draft.doInFlight() && !match.is(Kind.OPEN);
    if (awaited) {
      if (doubtful) {
        draft.raise(StepEffect.IN_DOUBT, 0);
      } else if (givesUpAnother) {
        draft.raise(StepEffect.IN_DOUBT, draft.openAttempt);
      }
      accept(flow, step, match, event);
    } else if (doubtful) {
      surplus(flow, step, StepEffect.IN_DOUBT, 0);
    }
  }

  private static void succeededOnTheWayForward(
      FlowDraft flow, int step, AnswerMatch match, StepSucceeded event) {
    StepDraft draft = flow.steps[step];
    switch (draft.status) {
      case DO_SUCCESS -> succeededAgain(flow, step, match.attempt(), event.result());
      case SKIPPED, RESOLVED, GIVEN_UP -> reportUnexpected(flow, step, match.attempt());
      case PENDING,
          COMPUTING,
          NOT_TAKEN,
          WAITING,
          HELD,
          ARMED,
          IN_PROGRESS,
          DO_FAIL,
          RETRY_EXHAUSTED,
          FAILED,
          IN_DOUBT,
          UNDOING,
          UNDO_SUCCESS,
          UNDO_FAIL -> {
        if (match.is(Kind.PHANTOM) || draft.doSent == 0) {
          remember(
              flow,
              step,
              StepEffect.DONE,
              match.attempt(),
              event.result(),
              "success of an uncommitted command");
        } else {
          accept(flow, step, match, event);
        }
      }
    }
  }

  private static void succeededOnTheWayBack(
      FlowDraft flow, int step, AnswerMatch match, StepSucceeded event) {
    StepDraft draft = flow.steps[step];
    if (draft.undoWasSent()) {
      if (!knownAlready(draft, match, event.answerOf())) {
        undoAgain(
            flow,
            step,
            StepEffect.DONE,
            match.attempt(),
            event.result(),
            "the DO succeeded after the UNDO was sent");
      }
    } else if (draft.doInFlight() && !match.is(Kind.OPEN)) {
      // The attempt in flight is still drained.
      remember(
          flow,
          step,
          StepEffect.DONE,
          match.attempt(),
          event.result(),
          "success of another attempt");
    } else if (draft.doInFlight()
        || (draft.status == StepStatus.IN_DOUBT
            && draft.effect == StepEffect.IN_DOUBT
            && known(match))) {
      accept(flow, step, match, event);
    } else if (draft.status == StepStatus.DO_SUCCESS) {
      succeededAgain(flow, step, match.attempt(), event.result());
    } else if (isSettledOtherwise(draft)) {
      reportUnexpected(flow, step, match.attempt());
    } else {
      remember(
          flow,
          step,
          StepEffect.DONE,
          match.attempt(),
          event.result(),
          "the DO succeeded although the step was considered clean");
    }
  }

  /**
   * Redis may have lost an UNDO of this generation, which a transaction sent that was aborted and
   * which ran before the effect: its success, still on its way, must not count for the UNDO that
   * follows.
   */
  private static void beyondUndosThatMayBeOver(
      FlowDraft flow, int step, AnswerMatch match, StepEffect before, AnswerOf answer) {
    StepDraft draft = flow.steps[step];
    // A duplicate of the answer is neither, and changes nothing.
    boolean isNews = match.is(Kind.OPEN) || draft.effect != before;
    if (flow.leadsBack()
        && answer.mayFollowUndo()
        && isNews
        && draft.effect.mayExist()
        && !draft.undoWasSent()
        && !isSettledOtherwise(draft)) {
      draft.nextGeneration();
    }
  }

  /** Whether the flow goes on without the step's own answer. */
  private static boolean isSettledOtherwise(StepDraft draft) {
    return draft.status == StepStatus.SKIPPED
        || draft.status == StepStatus.RESOLVED
        || draft.status == StepStatus.GIVEN_UP;
  }

  /** Whether a fence vouches that this success is of the work already known to be done. */
  private static boolean knownAlready(StepDraft draft, AnswerMatch match, AnswerOf answer) {
    return answer.vouched() && !match.is(Kind.PHANTOM) && match.attempt() <= draft.succeededAttempt;
  }

  private static boolean known(AnswerMatch match) {
    return match.is(Kind.OPEN) || match.is(Kind.EARLIER);
  }

  /**
   * Keeps the latest attempt that succeeded: what a fence reports of it and earlier ones is known.
   */
  private static void noteSuccess(StepDraft draft, AnswerMatch match) {
    if (known(match)) {
      draft.succeededAttempt = Math.max(draft.succeededAttempt, match.attempt());
    }
  }

  static void failed(FlowDraft flow, int step, StepFailed event) {
    AnswerMatch match = AnswerMatch.of(flow, step, CommandAction.DO, event.answerOf());
    StepDraft draft = flow.steps[step];
    count(draft, match, event.answerOf());
    boolean surplus = match.surplus() && !event.kind().vouched();
    StepEffect bySurplus = surplus ? StepEffect.IN_DOUBT : StepEffect.NONE;
    if (match.is(Kind.OPEN)) {
      long took = flow.took(step);
      draft.rest();
      draft.endedAt = flow.at;
      draft.worker = event.worker();
      draft.ranOn(event.answerOf().workerVersion(), CommandAction.DO, took, flow.at);
      draft.failedWith(event.error());
      draft.raise(effectOf(event.kind()), match.attempt());
      draft.raise(bySurplus, 0);
      if (event.kind().isDone()) {
        noteSuccess(draft, match);
      }
      flow.auditStep(
          FlowEventType.STEP_FAILED, step, CommandAction.DO, took, event.worker(), event.error());
      if (flow.leadsBack()) {
        draft.status = StepStatus.FAILED;
        beyondUndosThatMayBeOver(flow, step, match, draft.effect, event.answerOf());
      } else {
        OutsideMachine.doFailed(flow, step, event);
      }
      return;
    }
    StepEffect comesToLight = unawaited(flow, step, match, event).or(bySurplus);
    if (event.kind().isDone()) {
      noteSuccess(draft, match);
    }
    if (comesToLight != StepEffect.NONE) {
      draft.ranOn(event.answerOf().workerVersion(), CommandAction.DO, -1, flow.at);
      StepEffect before = draft.effect;
      surplus(flow, step, comesToLight, surplus ? 0 : match.attempt());
      beyondUndosThatMayBeOver(flow, step, match, before, event.answerOf());
    }
  }

  /** An answer that no attempt waits for reports an effect. */
  private static void surplus(FlowDraft flow, int step, StepEffect effect, int attempt) {
    if (flow.steps[step].undoWasSent()) {
      undoAgain(flow, step, effect, attempt, null, "unexpected DO answer after the UNDO was sent");
    } else {
      remember(flow, step, effect, attempt, null, "unexpected answer");
    }
  }

  /** The possible effect of an unexpected failure, unless an UNDO already sent covers it. */
  private static StepEffect unawaited(
      FlowDraft flow, int step, AnswerMatch match, StepFailed event) {
    StepDraft draft = flow.steps[step];
    boolean covered = draft.undoWasSent() && event.answerOf().vouched();
    return switch (event.kind()) {
      case RESULT_TOO_LARGE, RESULT_NOT_COMPUTED ->
          draft.undoWasSent() && knownAlready(draft, match, event.answerOf())
              ? StepEffect.NONE
              : StepEffect.DONE;
      // A fence runs the UNDO after the effects it vouches for, but does not know those of a
      // phantom.
      case UNKNOWN, UNKNOWN_FINAL ->
          covered && !match.is(Kind.PHANTOM) ? StepEffect.NONE : StepEffect.IN_DOUBT;
      case FAILED, FINAL ->
          flow.definitionOf(step).undoFailed() ? StepEffect.CLEAN : StepEffect.NONE;
      case NO_EFFECT, NO_EFFECT_FINAL ->
          flow.definitionOf(step).undoFailed() && !covered ? StepEffect.CLEAN : StepEffect.NONE;
      case FENCED -> StepEffect.NONE;
    };
  }

  /** An effect landed after its worker had lost the step: it counts, whatever else is known. */
  static void landed(FlowDraft flow, int step, EffectLanded event) {
    StepDraft draft = flow.steps[step];
    draft.ranOn(event.answerOf().workerVersion(), CommandAction.DO, -1, flow.at);
    String why = "an effect landed after its worker had lost the lease";
    int attempt = AnswerMatch.of(flow, step, CommandAction.DO, event.answerOf()).attempt();
    if (draft.undoWasSent()) {
      undoAgain(flow, step, StepEffect.DONE, attempt, event.result(), why);
      return;
    }
    if (draft.passed()) {
      draft.raise(StepEffect.DONE, attempt);
      flow.auditStep(FlowEventType.INCIDENT, step, CommandAction.DO, why);
    } else {
      remember(flow, step, StepEffect.DONE, attempt, event.result(), why);
    }
    if (flow.leadsBack()) {
      // An UNDO of this generation, sent by a transaction that was aborted, may have run before
      // the effect landed, and its fence would replay that answer.
      draft.nextGeneration();
    }
  }

  private static StepEffect effectOf(FailureKind kind) {
    if (kind.isDone()) {
      return StepEffect.DONE;
    }
    return kind.doubtful() ? StepEffect.IN_DOUBT : StepEffect.CLEAN;
  }

  /** Answers that name their command count once, when it is open; others count each time. */
  private static void count(StepDraft draft, AnswerMatch match, AnswerOf answer) {
    boolean unmarked = answer.commandId() == null && answer.attempt() == 0;
    if (unmarked || match.is(Kind.OPEN)) {
      draft.doAnswers++;
    }
  }

  private static void accept(FlowDraft flow, int step, AnswerMatch match, StepSucceeded event) {
    StepDraft draft = flow.steps[step];
    long took = match.is(Kind.OPEN) ? flow.took(step) : -1;
    draft.rest();
    draft.armedTurn = 0;
    draft.status = StepStatus.DO_SUCCESS;
    if (!event.unchanged()) {
      draft.raise(StepEffect.DONE, match.attempt());
    }
    draft.result = event.result();
    draft.endedAt = flow.at;
    draft.worker = event.worker();
    draft.ranOn(event.answerOf().workerVersion(), CommandAction.DO, took, flow.at);
    draft.error = null;
    flow.auditStep(
        FlowEventType.STEP_SUCCESS,
        step,
        CommandAction.DO,
        took,
        event.worker(),
        event.unchanged() ? unchangedWords(draft) : null);
  }

  private static String unchangedWords(StepDraft draft) {
    return draft.effect.mayExist()
        ? "nothing was changed, but an earlier attempt may have had an effect"
        : "nothing was changed";
  }

  /** Notes that the step may have had an effect, without taking the answer for the awaited one. */
  private static void remember(
      FlowDraft flow,
      int step,
      StepEffect effect,
      int attempt,
      @Nullable Content result,
      String why) {
    StepDraft draft = flow.steps[step];
    boolean isKnown = draft.effect.compareTo(effect) >= 0;
    draft.raise(effect, attempt);
    if (isKnown) {
      return;
    }
    if (draft.result == null) {
      draft.result = result;
    }
    if (draft.status == StepStatus.HELD && flow.definitionOf(step).undoInput() != null) {
      // It was computed without the result known now.
      draft.undoInput = null;
    }
    boolean heldClean =
        switch (draft.status) {
          case DO_FAIL, RETRY_EXHAUSTED, FAILED, IN_PROGRESS -> true;
          case PENDING, NOT_TAKEN -> flow.leadsBack();
          case COMPUTING,
              WAITING,
              HELD,
              ARMED,
              DO_SUCCESS,
              IN_DOUBT,
              UNDOING,
              UNDO_SUCCESS,
              UNDO_FAIL,
              SKIPPED,
              RESOLVED,
              GIVEN_UP ->
              false;
        };
    if (heldClean) {
      draft.status = StepStatus.IN_DOUBT;
    }
    flow.auditStep(FlowEventType.STEP_IN_DOUBT, step, CommandAction.DO, why);
  }

  /** Undoes an effect reported after an UNDO was sent, in a new generation. */
  private static void undoAgain(
      FlowDraft flow,
      int step,
      StepEffect effect,
      int attempt,
      @Nullable Content result,
      String why) {
    StepDraft draft = flow.steps[step];
    draft.raise(effect, attempt);
    if (result != null) {
      draft.result = result;
    }
    if (flow.definitionOf(step).undoInput() != null) {
      // It was computed without the result known now.
      draft.undoInput = null;
    }
    draft.raiseGeneration();
    draft.status = StepStatus.IN_DOUBT;
    flow.auditStep(FlowEventType.STEP_IN_DOUBT, step, CommandAction.DO, why);
  }

  /** The result that was passed on first stays; an attempt with an effect is no longer in doubt. */
  private static void succeededAgain(
      FlowDraft flow, int step, int attempt, @Nullable Content result) {
    StepDraft draft = flow.steps[step];
    boolean isNew = draft.effect != StepEffect.DONE;
    draft.raise(StepEffect.DONE, attempt);
    if (isNew) {
      flow.auditStep(
          FlowEventType.STEP_IN_DOUBT,
          step,
          CommandAction.DO,
          "another attempt than the one that changed nothing had its effect");
    }
    if (!Objects.equals(draft.result, result)) {
      flow.auditStep(
          FlowEventType.INCIDENT,
          step,
          CommandAction.DO,
          "succeeded twice with different results; the first one counts");
    }
  }

  private static void reportUnexpected(FlowDraft flow, int step, int attempt) {
    StepDraft draft = flow.steps[step];
    boolean isNew = draft.effect != StepEffect.DONE;
    draft.raise(StepEffect.DONE, attempt);
    if (isNew) {
      flow.auditStep(
          FlowEventType.INCIDENT,
          step,
          CommandAction.DO,
          draft.status == StepStatus.GIVEN_UP
              ? "its DO succeeded after the flow had gone on without it"
              : "its DO succeeded after an operator had resolved it");
    }
  }
}

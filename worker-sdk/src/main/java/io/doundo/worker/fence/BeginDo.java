package io.doundo.worker.fence;

import io.doundo.protocol.Outcome;
import io.doundo.worker.fence.StepRecord.Circumstances;
import io.doundo.worker.fence.StepRecord.State;

/** A DO command meets a record; the same in Java as {@code begin-do.lua}. */
final class BeginDo {

  private static final String MUST_NOT_RERUN =
      "an earlier run of this step did not finish, and the step must not run again";
  private static final String OVERTAKEN = "the UNDO of this step arrived first";

  private final StepRecord step;
  private final Claim claim;
  private final Circumstances given;

  BeginDo(StepRecord step, Claim claim, Circumstances given) {
    this.step = step;
    this.claim = claim;
    this.given = given;
  }

  DoDecision decide() {
    return switch (step.state) {
      case ABSENT -> absent();
      case DOING -> doing();
      case DONE -> stored();
      case FAILED -> failed();
      case IN_DOUBT -> doubtful();
      case UNDOING, UNDONE -> undone();
    };
  }

  private DoDecision absent() {
    if (given.overdue()) {
      return tooLate(given.neverBegan() && !given.mayBeOver());
    }
    boolean mayHaveRun = claim.attempt() > 1 || claim.redelivered();
    if (mayHaveRun && !given.nothingForgotten()) {
      return claim.redelivered() ? inDoubt(StepRecord.FORGOTTEN) : policy();
    }
    // A transaction that was aborted may have sent it, and the orchestrator was away since.
    return given.mayBeOver() ? policy() : runFresh();
  }

  private DoDecision doing() {
    if (step.grantedTo(claim)) {
      step.grant(claim, given.now());
      return step.verifying
          ? new DoDecision.Verify(step.token)
          : new DoDecision.Run(step.token, step.earlierRunInDoubt);
    }
    if (given.now() < step.leaseEnds) {
      return new DoDecision.Wait(step.leaseLeft(given.now()));
    }
    return step.undoWaits ? fenced() : policy();
  }

  private DoDecision failed() {
    if (claim.attempt() <= step.attempt || step.saidUnchanged()) {
      return stored();
    }
    if (step.undoGeneration > 0) {
      return fenced();
    }
    boolean forgotten = claim.redelivered() && !given.nothingForgotten();
    if (given.overdue()) {
      return tooLate(!forgotten);
    }
    return forgotten ? inDoubt(StepRecord.FORGOTTEN) : runFresh();
  }

  private DoDecision doubtful() {
    if (step.undoGeneration > 0) {
      return fenced();
    }
    if (claim.attempt() <= step.attempt || step.saidUnchanged()) {
      return stored();
    }
    return given.overdue() ? tooLate(false) : policy();
  }

  /**
   * The orchestrator has counted this attempt as timed out, and may have undone the step: nothing
   * begins, and the record stays as it is for the next attempt or the UNDO.
   */
  private DoDecision tooLate(boolean clean) {
    Outcome outcome = clean ? Outcome.NO_EFFECT : Outcome.UNKNOWN;
    StepAnswer answer = StepAnswer.failure(outcome, true, StepAnswer.OVERDUE);
    return new DoDecision.Reply(
        clean || given.nothingForgotten() ? answer : answer.afterUndo(), StepRecord.NOBODY, false);
  }

  /**
   * An effect that landed after the UNDO is reported until acknowledged, or until an UNDO that
   * began later has settled: its own run may have died, and an UNDO that runs for it may fail
   * unheard.
   */
  private DoDecision undone() {
    return step.lateOwed.equals(StepRecord.NOBODY)
        ? fenced()
        : new DoDecision.Reply(step.lateAnswer(), step.lateOwed, true);
  }

  /** An earlier run may have had its effect: what the handler's author said decides. */
  private DoDecision policy() {
    return switch (claim.onDoubt()) {
      case RERUN -> run(true, false);
      case VERIFY -> {
        run(true, false);
        step.verifying = true;
        yield new DoDecision.Verify(step.token);
      }
      case NEVER -> inDoubt(MUST_NOT_RERUN);
    };
  }

  /** No run before it is known; one that was forgotten may have had an effect all the same. */
  private DoDecision runFresh() {
    return run(!given.nothingForgotten(), true);
  }

  private DoDecision run(boolean doubt, boolean fresh) {
    step.nextToken(claim, given.now());
    step.verifying = false;
    step.undoWaits = false;
    if (step.state == State.IN_DOUBT || step.undoFailed || claim.undoFailed()) {
      // Of any other, a repeated ending would change nothing.
      step.answerGoes();
    }
    step.said = null;
    step.saidBy = StepRecord.NOBODY;
    step.result = null;
    step.resultSent = false;
    step.attempt = Math.max(step.attempt, claim.attempt());
    step.earlierRunInDoubt = doubt;
    if (fresh || step.covers == 0) {
      step.covers = step.token.number();
    }
    step.undoFailed |= claim.undoFailed();
    mayFollowUndo();
    step.kept |= !fresh;
    step.become(State.DOING, given);
    return new DoDecision.Run(step.token, doubt);
  }

  /** The forgotten record may have been an UNDO, with an effect that landed after it. */
  private void mayFollowUndo() {
    step.mayFollowUndo |= !given.nothingForgotten();
    step.kept |= step.mayFollowUndo;
  }

  private DoDecision inDoubt(String reason) {
    step.nextToken(claim, given.now());
    step.verifying = false;
    step.undoWaits = false;
    step.attempt = Math.max(step.attempt, claim.attempt());
    step.earlierRunInDoubt = true;
    step.undoFailed |= claim.undoFailed();
    mayFollowUndo();
    step.say(StepAnswer.failure(Outcome.UNKNOWN, true, reason), step.token, null);
    if (step.covers == 0) {
      step.covers = step.token.number();
    }
    step.become(State.IN_DOUBT, given);
    return new DoDecision.Reply(step.answer(), step.token, false);
  }

  private DoDecision stored() {
    return new DoDecision.Reply(step.answer(), step.saidBy, true);
  }

  private static DoDecision fenced() {
    return new DoDecision.Reply(
        StepAnswer.failure(Outcome.FENCED, true, OVERTAKEN), StepRecord.NOBODY, false);
  }
}

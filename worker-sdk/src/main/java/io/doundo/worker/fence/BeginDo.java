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
      case UNDOING, UNDONE -> fenced();
    };
  }

  private DoDecision absent() {
    if (given.overdue()) {
      return tooLate(given.neverBegan());
    }
    boolean mayHaveRun = claim.attempt() > 1 || claim.redelivered();
    if (mayHaveRun && !given.nothingForgotten()) {
      return claim.redelivered() ? inDoubt(StepRecord.FORGOTTEN) : policy();
    }
    return run(false, true);
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
    if (claim.attempt() <= step.attempt) {
      return stored();
    }
    if (step.undoGeneration > 0) {
      return fenced();
    }
    boolean forgotten = claim.redelivered() && !given.nothingForgotten();
    if (given.overdue()) {
      return tooLate(!forgotten);
    }
    return forgotten ? inDoubt(StepRecord.FORGOTTEN) : run(false, true);
  }

  private DoDecision doubtful() {
    if (step.undoGeneration > 0) {
      return fenced();
    }
    if (claim.attempt() <= step.attempt) {
      return stored();
    }
    return given.overdue() ? tooLate(false) : policy();
  }

  /**
   * The orchestrator has counted this attempt as timed out, and may have undone the step: nothing
   * begins, and the record stays as it is for the next attempt or the UNDO.
   */
  private static DoDecision tooLate(boolean clean) {
    return new DoDecision.Reply(
        StepAnswer.failure(clean ? Outcome.NO_EFFECT : Outcome.UNKNOWN, true, StepRecord.OVERDUE),
        StepRecord.NOBODY,
        false);
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

  private DoDecision run(boolean doubt, boolean fresh) {
    step.nextToken(claim, given.now());
    step.verifying = false;
    step.undoWaits = false;
    step.said = null;
    step.saidBy = StepRecord.NOBODY;
    step.result = null;
    step.resultSent = false;
    step.attempt = Math.max(step.attempt, claim.attempt());
    step.earlierRunInDoubt = doubt;
    if (fresh || step.covers == 0) {
      step.covers = step.token.number();
    }
    step.kept |= !fresh;
    step.become(State.DOING, given);
    return new DoDecision.Run(step.token, doubt);
  }

  private DoDecision inDoubt(String reason) {
    step.nextToken(claim, given.now());
    step.verifying = false;
    step.undoWaits = false;
    step.attempt = Math.max(step.attempt, claim.attempt());
    step.earlierRunInDoubt = true;
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

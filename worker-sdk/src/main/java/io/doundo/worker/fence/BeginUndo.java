package io.doundo.worker.fence;

import static io.doundo.worker.fence.StepRecord.strongest;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import io.doundo.worker.fence.StepRecord.Circumstances;
import io.doundo.worker.fence.StepRecord.State;

/** An UNDO command meets a record; the same in Java as {@code begin-undo.lua}. */
final class BeginUndo {

  private final StepRecord step;
  private final Claim claim;
  private final KnownEffect effect;
  private final Circumstances given;

  BeginUndo(StepRecord step, Claim claim, KnownEffect effect, Circumstances given) {
    this.step = step;
    this.claim = claim;
    this.effect = effect;
    this.given = given;
  }

  UndoDecision decide() {
    step.undoFailed |= claim.undoFailed();
    if (step.threwSaid != null
        && step.threwCommand != null
        && step.threwCommand.equals(claim.commandId())
        && step.state != State.UNDOING) {
      return new UndoDecision.Reply(step.threwSaid, step.threwBy, true);
    }
    return switch (step.state) {
      case ABSENT -> absent();
      case DOING -> doing();
      case DONE -> run(KnownEffect.DONE);
      case FAILED -> failed();
      case IN_DOUBT -> runInDoubt(strongest(effect, KnownEffect.UNKNOWN));
      case UNDOING -> undoing();
      case UNDONE ->
          claim.generation() <= step.undoGeneration && step.lateOwed.equals(StepRecord.NOBODY)
              ? new UndoDecision.Reply(step.answer(), step.saidBy, true)
              : run(withLate(effect));
    };
  }

  private UndoDecision absent() {
    if (effect == KnownEffect.UNKNOWN && given.neverBegan()) {
      return tombstone();
    }
    if (!given.nothingForgotten()) {
      // What was forgotten may be another UNDO, which has succeeded, and this one may fail.
      step.mayFollowUndo = true;
      step.kept = true;
    }
    return runInDoubt(effect);
  }

  private UndoDecision doing() {
    if (given.now() < step.leaseEnds) {
      step.undoWaits = true;
      return new UndoDecision.Wait(step.leaseLeft(given.now()));
    }
    return runInDoubt(strongest(effect, KnownEffect.UNKNOWN));
  }

  private UndoDecision failed() {
    if (effect == KnownEffect.DONE) {
      return run(KnownEffect.DONE);
    }
    if (effect == KnownEffect.FAILED) {
      return run(KnownEffect.FAILED);
    }
    if (!given.nothingForgotten()) {
      return runInDoubt(KnownEffect.UNKNOWN);
    }
    return step.undoFailed ? run(KnownEffect.FAILED) : tombstone();
  }

  private UndoDecision undoing() {
    if (step.grantedTo(claim)) {
      step.grant(claim, given.now());
      return running();
    }
    if (given.now() < step.leaseEnds) {
      return new UndoDecision.Wait(step.leaseLeft(given.now()));
    }
    step.nextToken(claim, given.now());
    step.undoTold = strongest(step.undoTold, withLate(effect));
    step.undoCommand = claim.commandId();
    step.undoGeneration = Math.max(step.undoGeneration, claim.generation());
    step.become(State.UNDOING, given);
    return running();
  }

  private KnownEffect withLate(KnownEffect known) {
    return step.late == null ? known : strongest(step.late, known);
  }

  /** An UNDO that fails must leave something to come back to: absence would let a late DO run. */
  private UndoDecision runInDoubt(KnownEffect told) {
    if (step.state != State.IN_DOUBT) {
      step.state = State.IN_DOUBT;
      step.sayNobodyKnows();
    }
    return run(told);
  }

  private UndoDecision run(KnownEffect told) {
    step.nextToken(claim, given.now());
    if (claim.generation() > step.undoGeneration) {
      // Its sender waits for the answer; of the same generation, it may have stopped waiting.
      step.lateOwed = StepRecord.NOBODY;
    }
    step.undoGenerationBefore = step.undoGeneration;
    step.undoGeneration = Math.max(step.undoGeneration, claim.generation());
    step.verifying = false;
    step.undoWaits = false;
    step.covers = 0;
    step.late = null;
    step.beforeUndo = step.state;
    step.undoTold = told;
    step.undoCommand = claim.commandId();
    step.become(State.UNDOING, given);
    return running();
  }

  private UndoDecision running() {
    return new UndoDecision.Run(
        step.token, step.undoTold, step.undoTold == KnownEffect.DONE ? step.result : null);
  }

  private UndoDecision tombstone() {
    step.nextToken(claim, given.now());
    step.verifying = false;
    step.undoWaits = false;
    step.covers = 0;
    step.earlierRunInDoubt = false;
    step.late = null;
    step.lateOwed = StepRecord.NOBODY;
    step.mayFollowUndo = false;
    step.undoGeneration = Math.max(step.undoGeneration, claim.generation());
    step.say(StepAnswer.success(Outcome.UNDONE_EMPTY), step.token, null);
    step.become(State.UNDONE, given);
    return new UndoDecision.Reply(step.answer(), step.token, false);
  }
}

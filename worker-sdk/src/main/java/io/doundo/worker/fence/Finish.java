package io.doundo.worker.fence;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import io.doundo.worker.fence.RunEnding.EndingKind;
import io.doundo.worker.fence.StepRecord.Circumstances;
import io.doundo.worker.fence.StepRecord.State;

/** A run ends; the same in Java as {@code finish.lua}. */
final class Finish {

  private final StepRecord step;
  private final Token mine;
  private final RunEnding ending;
  private final Circumstances given;

  Finish(StepRecord step, Token mine, RunEnding ending, Circumstances given) {
    this.step = step;
    this.mine = mine;
    this.ending = ending;
    this.given = given;
  }

  FinishResult decide() {
    if (step.state == State.ABSENT) {
      return forgotten();
    }
    if (step.heldBy(mine)) {
      return held();
    }
    // Said before, and the reply was lost.
    if (step.lateBy.equals(mine)) {
      return reply(Outcome.LATE_EFFECT);
    }
    if (step.said != null && step.saidBy.equals(mine)) {
      // Its UNDO undoes it. A success told now would be taken for one after the UNDO.
      return ending.kind().ofDo() && step.state == State.UNDOING
          ? new FinishResult.Superseded()
          : reply(step.said.outcome());
    }
    if (step.threwBy.equals(mine)) {
      return reply(Outcome.UNKNOWN);
    }
    if (ending.kind().ofDo() && step.hadEnded(mine)) {
      return new FinishResult.Superseded();
    }
    return lost();
  }

  private FinishResult held() {
    if (ending.kind().ofDo() != (step.state == State.DOING)) {
      throw new IllegalStateException("a run of " + step.state + " cannot end as " + ending.kind());
    }
    return switch (ending.kind()) {
      case DONE, UNCHANGED, NO_EFFECT, IN_DOUBT -> settleDo();
      case UNDONE -> settleUndo();
      case UNDO_THREW -> undoThrew();
    };
  }

  private FinishResult settleDo() {
    step.verifying = false;
    step.undoWaits = false;
    if (ending.kind() == EndingKind.DONE) {
      return keepAnswer(Outcome.OK, State.DONE);
    }
    if (ending.kind() == EndingKind.UNCHANGED) {
      // An earlier run in doubt may have done the work that this run found done.
      return step.earlierRunInDoubt
          ? keepAnswer(Outcome.UNCHANGED_IN_DOUBT, State.IN_DOUBT)
          : keepAnswer(Outcome.UNCHANGED, State.FAILED);
    }
    if (ending.kind() == EndingKind.NO_EFFECT && !step.earlierRunInDoubt) {
      return keepAnswer(Outcome.NO_EFFECT, State.FAILED);
    }
    // A run without effect says nothing of the runs before it.
    step.earlierRunInDoubt = true;
    return keepAnswer(Outcome.UNKNOWN, State.IN_DOUBT);
  }

  private FinishResult keepAnswer(Outcome outcome, State next) {
    say(outcome);
    step.become(next, given);
    return reply(outcome);
  }

  private void say(Outcome outcome) {
    step.say(ending.answer(outcome, false), mine, ending.result());
  }

  private FinishResult settleUndo() {
    step.undoWaits = false;
    step.threwSaid = null;
    step.threwCommand = null;
    step.threwBy = StepRecord.NOBODY;
    step.earlierRunInDoubt = false;
    step.mayFollowUndo = false;
    step.say(StepAnswer.success(Outcome.UNDONE), mine, step.late == null ? null : step.result);
    if (step.late == null) {
      step.lateIsUndone();
    }
    step.become(State.UNDONE, given);
    return reply(Outcome.UNDONE);
  }

  private FinishResult undoThrew() {
    step.undoWaits = false;
    step.threwBy = mine;
    step.threwCommand = step.undoCommand;
    step.threwSaid = ending.answer(Outcome.UNKNOWN, false);
    if (step.beforeUndo == State.UNDONE) {
      int generation = step.undoGeneration;
      step.undoGeneration = step.undoGenerationBefore;
      step.late = step.late == null ? step.undoTold : step.late;
      if (step.undoGeneration == generation && step.lateOwed.equals(StepRecord.NOBODY)) {
        // It ran for an effect that landed after an UNDO of the same generation; an earlier version
        // of the SDK stopped reporting that effect when the UNDO began.
        step.lateOwed = step.lateBy;
      }
    }
    step.become(step.beforeUndo, given);
    return reply(Outcome.UNKNOWN);
  }

  /** The record is gone with all others. The record is written again from this run's knowledge. */
  private FinishResult forgotten() {
    step.token = mine;
    step.kept = true;
    step.undoFailed = mine.undoFailed();
    if (ending.kind().ofDo()) {
      step.mayFollowUndo = true;
      step.attempt = mine.attempt();
      step.covers = mine.number();
      step.earlierRunInDoubt = true;
      return settleDo();
    }
    step.undoGeneration = mine.generation();
    if (ending.kind() == EndingKind.UNDONE) {
      return settleUndo();
    }
    // Another UNDO may have succeeded before the record was gone.
    step.mayFollowUndo = true;
    step.sayNobodyKnows();
    step.threwBy = mine;
    step.threwSaid = ending.answer(Outcome.UNKNOWN, false);
    step.become(State.IN_DOUBT, given);
    return reply(Outcome.UNKNOWN);
  }

  /** If its effect may stand and no other run covers it, it is late. */
  private FinishResult lost() {
    if (!ending.kind().ofDo() || (ending.kind().isClean() && !leavesSomethingLate())) {
      return new FinishResult.Superseded();
    }
    boolean landed = ending.kind() == EndingKind.DONE;
    boolean covered = step.covers > 0 && mine.number() >= step.covers;
    return switch (step.state) {
      case DOING -> {
        step.earlierRunInDoubt = true;
        yield covered ? new FinishResult.Superseded() : late();
      }
      case DONE -> covered ? new FinishResult.Superseded() : late();
      case IN_DOUBT, FAILED -> {
        if (!landed && step.state == State.IN_DOUBT) {
          yield new FinishResult.Superseded();
        }
        step.earlierRunInDoubt |= !landed;
        keepAnswer(landed ? Outcome.OK : Outcome.UNKNOWN, landed ? State.DONE : State.IN_DOUBT);
        yield late();
      }
      case UNDOING, UNDONE -> lostToUndo(landed);
      case ABSENT -> throw new IllegalStateException("an absent record has no other holder");
    };
  }

  /** An effect that a failed run may leave is undone with the step, unless the UNDO came before. */
  private boolean leavesSomethingLate() {
    return ending.kind() == EndingKind.NO_EFFECT
        && (step.undoFailed || mine.undoFailed())
        && (step.state == State.UNDOING || step.state == State.UNDONE);
  }

  private FinishResult lostToUndo(boolean landed) {
    step.late = landed || step.late == KnownEffect.DONE ? KnownEffect.DONE : KnownEffect.UNKNOWN;
    if (step.state == State.UNDOING && step.beforeUndo != State.UNDONE) {
      if (landed) {
        say(Outcome.OK);
        step.beforeUndo = State.DONE;
      } else if (step.beforeUndo == State.FAILED) {
        say(Outcome.UNKNOWN);
        step.earlierRunInDoubt = true;
        step.beforeUndo = State.IN_DOUBT;
      }
    } else if (landed && ending.result() != null) {
      step.result = ending.result();
    }
    step.lateOwed = mine;
    return late();
  }

  private FinishResult late() {
    step.lateBy = mine;
    step.kept = true;
    return reply(Outcome.LATE_EFFECT);
  }

  private FinishResult reply(Outcome outcome) {
    boolean mayFollowUndo = ending.kind().ofDo() && step.mayFollowUndo;
    return new FinishResult.Reply(
        ending.answer(outcome, mayFollowUndo && outcome != Outcome.LATE_EFFECT));
  }
}

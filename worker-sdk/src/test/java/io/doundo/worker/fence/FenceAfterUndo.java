package io.doundo.worker.fence;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import io.doundo.worker.OnDoubt;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/**
 * Effects that an UNDO may not have covered: those that failed DOs leave behind, unreported late
 * effects, runs that may follow a forgotten UNDO, and commands whose run may have ended and been
 * forgotten.
 */
abstract class FenceAfterUndo extends FenceRules {

  private static final Duration MARGIN = SETTINGS.acknowledgedMargin();

  /** A run that lost its step to an UNDO, which has ended. */
  private Token lostToAnUndo(Claim claim) {
    Token lost = runs(beginDo(claim));
    passes(LEASE);
    finish(undoes(beginUndo(claim(1), KnownEffect.UNKNOWN)).token(), new Settled.Undone());
    return lost;
  }

  private void fails(Claim claim) {
    StepAnswer failed = answer(finish(runs(beginDo(claim)), new Settled.NoEffect("no", true)));
    says(failed, Outcome.NO_EFFECT);
  }

  @Test
  void undoFailed_theUndoRunsThoughItsSenderKnowsNothing() {
    fails(undoFailed(claim(1)));
    undoes(beginUndo(claim(1), KnownEffect.UNKNOWN), KnownEffect.FAILED, null);
  }

  @Test
  void undoFailed_isTakenFromTheUndoToo() {
    fails(claim(1));
    undoes(beginUndo(undoFailed(claim(1)), KnownEffect.UNKNOWN), KnownEffect.FAILED, null);
  }

  @Test
  void undoFailed_isKeptWhenTheFailureIsAcknowledged() {
    Token token = runs(beginDo(undoFailed(claim(1))));
    finish(token, new Settled.NoEffect("no", true));
    answered(token, now().plusSeconds(60));
    undoes(beginUndo(claim(1), KnownEffect.UNKNOWN), KnownEffect.FAILED, null);
  }

  @Test
  void undoFailed_whatNeverBeganLeavesATombstone() {
    says(answer(beginUndo(undoFailed(claim(1)), KnownEffect.UNKNOWN)), Outcome.UNDONE_EMPTY);
  }

  @Test
  void undoFailed_aRunThatFailsAfterTheUndoIsLate() {
    Token lost = lostToAnUndo(undoFailed(claim(1)));
    says(answer(finish(lost, new Settled.NoEffect("no", true))), Outcome.LATE_EFFECT);
    undoes(beginUndo(claim(2, 2), KnownEffect.DONE));
  }

  @Test
  void undoFailed_aRunThatFailsAfterAnUndoWhoseRecordWasLostIsLate() {
    Token lost = runs(beginDo(undoFailed(claim(1))));
    passes(LEASE);
    Token undo = undoes(beginUndo(undoFailed(claim(1)), KnownEffect.UNKNOWN)).token();
    loseEverything();
    finish(undo, new Settled.Undone());
    says(answer(finish(lost, new Settled.NoEffect("no", true))), Outcome.LATE_EFFECT);
    undoes(beginUndo(claim(2, 2), KnownEffect.DONE));
  }

  @Test
  void undoFailed_isKnownToTheFailedRunAlone() {
    Token lost = runs(beginDo(undoFailed(claim(1))));
    passes(LEASE);
    Token undo = undoes(beginUndo(claim(1), KnownEffect.UNKNOWN)).token();
    loseEverything();
    finish(undo, new Settled.Undone());
    says(answer(finish(lost, new Settled.NoEffect("no", true))), Outcome.LATE_EFFECT);
  }

  @Test
  void undoFailed_aRunThatFailsUnderAnotherRunIsNot() {
    Token lost = runs(beginDo(undoFailed(claim(1))));
    passes(LEASE);
    runsAgain(beginDo(undoFailed(claim(1))));
    assertThat(finish(lost, new Settled.NoEffect("no", true)))
        .isInstanceOf(FinishResult.Superseded.class);
  }

  @Test
  void aLateEffect_isToldByTheNextDeliveryUntilItIsAcknowledged() {
    Token lost = lostToAnUndo(claim(1));
    finish(lost, new Settled.Done(REALM));

    DoDecision.Reply told = (DoDecision.Reply) beginDo(redelivered(claim(1)));
    says(told.answer(), Outcome.LATE_EFFECT);
    assertThat(told.answer().result()).isEqualTo(REALM);
    assertThat(told.answer().error()).isNull();
    says(answer(beginDo(claim(2))), Outcome.LATE_EFFECT);

    answered(told.token(), null);
    says(answer(beginDo(redelivered(claim(1)))), Outcome.FENCED);
    says(answer(beginUndo(claim(1), KnownEffect.UNKNOWN)), Outcome.UNDONE);
  }

  @Test
  void aLateEffectThatMayHaveBeen_isToldToo() {
    Token lost = lostToAnUndo(claim(1));
    finish(lost, new Settled.InDoubt("timed out"));

    StepAnswer told = answer(beginDo(redelivered(claim(1))));
    says(told, Outcome.LATE_EFFECT);
    assertThat(told.result()).isNull();
    assertThat(told.error()).isNotNull();
  }

  @Test
  void aLateEffectWhileUndoing_isToldWhileAndAfterwards() {
    Token lost = runs(beginDo(claim(1)));
    passes(LEASE);
    Token undo = undoes(beginUndo(claim(1), KnownEffect.UNKNOWN)).token();
    finish(lost, new Settled.Done(REALM));

    says(answer(beginDo(redelivered(claim(1)))), Outcome.LATE_EFFECT);
    finish(undo, new Settled.Undone());
    says(answer(beginDo(redelivered(claim(1)))), Outcome.LATE_EFFECT);
  }

  @Test
  void aLateEffectThatNobodyHasTold_isUndoneByAnUndoOfTheSameGeneration() {
    finish(lostToAnUndo(claim(1)), new Settled.Done(REALM));
    UndoDecision.Run again = undoes(beginUndo(claim(1, 2), KnownEffect.UNKNOWN));
    assertThat(again.effect()).isEqualTo(KnownEffect.DONE);
    assertThat(again.result()).isEqualTo(REALM);

    finish(again.token(), new Settled.Undone());
    says(answer(beginDo(redelivered(claim(1)))), Outcome.FENCED);
    says(answer(beginUndo(claim(1, 2), KnownEffect.UNKNOWN)), Outcome.UNDONE);
  }

  @Test
  void aLateEffectWhoseUndoThrows_isStillToldAndUndone() {
    finish(lostToAnUndo(claim(1)), new Settled.Done(REALM));
    Token again = undoes(beginUndo(claim(1, 2), KnownEffect.UNKNOWN)).token();
    finish(again, new Settled.UndoThrew("locked"));

    says(answer(beginDo(redelivered(claim(1)))), Outcome.LATE_EFFECT);
    undoes(beginUndo(claim(1, 3), KnownEffect.UNKNOWN));
  }

  /** Whoever sent that UNDO may have its answer from an earlier one, and not listen to this one. */
  @Test
  void aLateEffectWhoseUndoRuns_isToldUntilThatHasSettled() {
    finish(lostToAnUndo(claim(1)), new Settled.Done(REALM));
    undoes(beginUndo(claim(1, 2), KnownEffect.UNKNOWN));
    StepAnswer told = answer(beginDo(redelivered(claim(1))));
    says(told, Outcome.LATE_EFFECT);
    assertThat(told.result()).isEqualTo(REALM);
    assertThat(told.error()).isNull();

    passes(LEASE);
    Token takenOver = undoes(beginUndo(claim(1, 3), KnownEffect.UNKNOWN)).token();
    says(answer(beginDo(redelivered(claim(1)))), Outcome.LATE_EFFECT);
    finish(takenOver, new Settled.Undone());
    says(answer(beginDo(redelivered(claim(1)))), Outcome.FENCED);
    says(answer(beginUndo(claim(1, 2), KnownEffect.UNKNOWN)), Outcome.UNDONE);
  }

  @Test
  void aLateEffectThatMayHaveBeenAndWhoseUndoRuns_isToldAsSuch() {
    finish(lostToAnUndo(claim(1)), new Settled.InDoubt("timed out"));
    undoes(beginUndo(claim(1, 2), KnownEffect.UNKNOWN));
    StepAnswer told = answer(beginDo(redelivered(claim(1))));
    says(told, Outcome.LATE_EFFECT);
    assertThat(told.result()).isNull();
    assertThat(told.error()).isNotNull();
  }

  @Test
  void aLateEffectThatIsAcknowledgedWhileItsUndoRuns_isNotToldAgain() {
    finish(lostToAnUndo(claim(1)), new Settled.Done(REALM));
    Token again = undoes(beginUndo(claim(1, 2), KnownEffect.UNKNOWN)).token();
    answered(((DoDecision.Reply) beginDo(redelivered(claim(1)))).token(), null);

    says(answer(beginDo(redelivered(claim(1)))), Outcome.FENCED);
    finish(again, new Settled.Undone());
    says(answer(beginDo(redelivered(claim(1)))), Outcome.FENCED);
  }

  @Test
  void aLateEffectThatLandsWhileAnotherIsUndone_isToldAfterwards() {
    Token first = runs(beginDo(claim(1)));
    passes(LEASE);
    Token second = runsAgain(beginDo(redelivered(claim(1))));
    passes(LEASE);
    finish(undoes(beginUndo(claim(1), KnownEffect.UNKNOWN)).token(), new Settled.Undone());
    finish(first, new Settled.Done(null));

    Token again = undoes(beginUndo(claim(1, 2), KnownEffect.UNKNOWN)).token();
    finish(second, new Settled.Done(REALM));
    finish(again, new Settled.Undone());
    StepAnswer told = answer(beginDo(redelivered(claim(1))));
    says(told, Outcome.LATE_EFFECT);
    assertThat(told.result()).isEqualTo(REALM);
  }

  @Test
  void aLateEffect_isNotToldOnceAHigherGenerationUndoesIt() {
    finish(lostToAnUndo(claim(1)), new Settled.Done(REALM));
    Token second = undoes(beginUndo(claim(2, 2), KnownEffect.DONE)).token();
    says(answer(beginDo(redelivered(claim(1)))), Outcome.FENCED);
    finish(second, new Settled.Undone());
    says(answer(beginDo(redelivered(claim(1)))), Outcome.FENCED);
  }

  @Test
  void aFirstDoAfterALoss_runsAndMayFollowItsUndo() {
    Claim sentBefore = due(claim(1), now().plus(Duration.ofMinutes(11)));
    passes(Duration.ofMinutes(10));
    loseEverything();
    Token token = runs(beginDo(sentBefore));

    StepAnswer unknown = answer(finish(token, new Settled.InDoubt("timed out")));
    says(unknown, Outcome.UNKNOWN);
    assertThat(unknown.mayFollowUndo()).isTrue();
    assertThat(answer(beginDo(sentBefore)).mayFollowUndo()).isTrue();
    assertThat(answer(finish(token, new Settled.InDoubt("timed out"))).mayFollowUndo()).isTrue();
  }

  @Test
  void aFirstDoAfterALoss_cannotVouchForRunsThatAreForgotten() {
    Claim sentBefore = claim(1);
    passes(Duration.ofMinutes(10));
    loseEverything();
    Token token = runs(beginDo(sentBefore));
    says(answer(finish(token, new Settled.NoEffect("no", true))), Outcome.UNKNOWN);
    undoes(beginUndo(claim(1), KnownEffect.FAILED));
  }

  @Test
  void aLaterAttemptAfterALoss_mayFollowItsUndoToo_andItsSuccess() {
    Claim sentBefore = claim(2);
    passes(Duration.ofMinutes(10));
    loseEverything();
    StepAnswer done = answer(finish(runsAgain(beginDo(sentBefore)), new Settled.Done(REALM)));
    says(done, Outcome.OK);
    assertThat(done.mayFollowUndo()).isTrue();
  }

  @Test
  void onceItsUndoRuns_nothingFollowsIt() {
    Claim sentBefore = claim(1);
    passes(Duration.ofMinutes(10));
    loseEverything();
    Token token = runs(beginDo(sentBefore));
    passes(LEASE);
    finish(undoes(beginUndo(claim(1), KnownEffect.UNKNOWN)).token(), new Settled.Undone());
    StepAnswer late = answer(finish(token, new Settled.Done(REALM)));
    says(late, Outcome.LATE_EFFECT);
    assertThat(late.mayFollowUndo()).isFalse();
  }

  /**
   * It has settled nothing: the UNDO that was forgotten is still the one that came before the DO.
   */
  @Test
  void anUndoThatThrowsAfterALoss_leavesThatTheDoMayFollowAnUndo() {
    Claim sentBefore = claim(1);
    passes(Duration.ofMinutes(10));
    loseEverything();
    finish(runs(beginDo(sentBefore)), new Settled.Done(REALM));
    Token undo = undoes(beginUndo(claim(1), KnownEffect.DONE)).token();
    finish(undo, new Settled.UndoThrew("locked"));
    StepAnswer done = answer(beginDo(redelivered(sentBefore)));
    says(done, Outcome.OK);
    assertThat(done.mayFollowUndo()).isTrue();
  }

  /**
   * The UNDO that has thrown is not the one that was forgotten, and which may have succeeded. The
   * answer about the late effect may be lost, and then the command that is delivered again says it.
   */
  @Test
  void whatLandsAfterALossAndAnUndoThatThrew_mayFollowAnotherUndo() {
    Token run = doing(1);
    passes(LEASE);
    Token undo = undoes(beginUndo(claim(1, 1), KnownEffect.UNKNOWN)).token();
    loseEverything();
    throwsAndTheLateEffectMayFollowAnotherUndo(undo, run);
  }

  @Test
  void whatLandsAfterAnUndoThatBeganAfterALossAndThrew_mayFollowAnotherUndo() {
    Claim sentBefore = claim(1, 1);
    Token run = doing(1);
    passes(Duration.ofMinutes(10));
    loseEverything();
    Token undo = undoes(beginUndo(sentBefore, KnownEffect.UNKNOWN)).token();
    throwsAndTheLateEffectMayFollowAnotherUndo(undo, run);
  }

  private void throwsAndTheLateEffectMayFollowAnotherUndo(Token undo, Token run) {
    finish(undo, new Settled.UndoThrew("locked"));
    says(answer(finish(run, new Settled.Done(REALM))), Outcome.LATE_EFFECT);
    StepAnswer done = answer(beginDo(redelivered(claim(1))));
    says(done, Outcome.OK);
    assertThat(done.mayFollowUndo()).isTrue();
  }

  /** Its late effect may have been forgotten before it was reported. */
  @Test
  void aDoDeliveredAgainAfterALoss_mayFollowItsUndo() {
    Claim sentBefore = redelivered(claim(1));
    passes(Duration.ofMinutes(10));
    loseEverything();
    StepAnswer overdue = answer(beginDo(overdue(sentBefore)));
    says(overdue, Outcome.UNKNOWN);
    assertThat(overdue.mayFollowUndo()).isTrue();
    StepAnswer unknown = answer(beginDo(sentBefore));
    says(unknown, Outcome.UNKNOWN);
    assertThat(unknown.mayFollowUndo()).isTrue();
  }

  @Test
  void aRunWhoseRecordIsGone_mayFollowAnUndoThatIsGoneToo() {
    Token token = doing(1);
    loseEverything();
    StepAnswer unknown = answer(finish(token, new Settled.InDoubt("timed out")));
    assertThat(unknown.mayFollowUndo()).isTrue();
  }

  @Test
  void whereNothingWasLost_nothingMayFollowAnUndo() {
    assertThat(answer(finish(doing(1), new Settled.Done(REALM))).mayFollowUndo()).isFalse();
    assertThat(answer(beginDo(claim(1))).mayFollowUndo()).isFalse();
  }

  /** Its transaction was aborted, and the orchestrator returns after the fence has forgotten it. */
  private Claim sentAgain() {
    passes(MARGIN.plus(Duration.ofMinutes(2)));
    return visibleSince(claim(1), now().minus(MARGIN));
  }

  @Test
  void aDoThatMayBeOverAndForgotten_followsThePolicy() {
    Claim first = claim(1);
    Instant deadline = now().plusSeconds(60);
    Token token = runs(beginDo(due(first, deadline)));
    finish(token, new Settled.Done(REALM));
    answered(token, deadline);

    Claim again = sentAgain();
    says(answer(beginDo(with(again, OnDoubt.NEVER))), Outcome.UNKNOWN);
    loseEverything();
    done(fence().check());
    Claim verified = sentAgain();
    verifies(beginDo(with(verified, OnDoubt.VERIFY)));
    loseEverything();
    done(fence().check());
    runsAgain(beginDo(sentAgain()));
  }

  @Test
  void aDoThatMayBeOver_isNotSaidToHaveHadNoEffect() {
    Claim again = overdue(sentAgain());
    says(answer(beginDo(again)), Outcome.UNKNOWN);
  }

  @Test
  void aDoThatIsSeenEarlyEnough_runs() {
    passes(MARGIN.plus(Duration.ofMinutes(2)));
    Claim young = visibleSince(claim(1), now().minus(MARGIN).plusSeconds(30));
    DoDecision decision = beginDo(young);
    runs(decision);
    assertThat(((DoDecision.Run) decision).again()).isFalse();
  }
}

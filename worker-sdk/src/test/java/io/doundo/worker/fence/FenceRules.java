package io.doundo.worker.fence;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import io.doundo.worker.OnDoubt;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The rules for runs that hold the step: tokens, renewal, endings, retention, notes. */
abstract class FenceRules extends FenceExpiry {

  @Test
  void anotherLifeOfTheFlow_isAnotherStep() {
    succeeded();
    FenceKey later = new FenceKey(key.orchestration(), key.step(), key.flowId(), "1".repeat(32));
    runs(done(fence().beginDo(later, claim(1))));
    FenceKey byHand = new FenceKey(key.orchestration(), key.step(), key.flowId(), null);
    runs(done(fence().beginDo(byHand, claim(1))));
  }

  @Test
  void aDoAfterItsDeadline_thatNothingCanHaveBegun_hadNoEffect() {
    StepAnswer late = answer(beginDo(overdue(claim(1))));
    says(late, Outcome.NO_EFFECT);
    assertThat(late.retryable()).isTrue();
    assertThat(late.error()).contains("deadline");
    assertThat(late.isOverdue()).isTrue();
    says(answer(beginDo(overdue(redelivered(claim(2))))), Outcome.NO_EFFECT);
    runs(beginDo(claim(3)));
  }

  @Test
  void aDoAfterItsDeadline_whenItsTombstoneMayHaveBeenForgotten_doesNotRun() {
    tombstone();
    Claim sentBefore = claim(1);
    Claim secondSentBefore = claim(2);
    passes(Duration.ofSeconds(160));
    loseEverything();
    says(answer(beginDo(overdue(sentBefore))), Outcome.UNKNOWN);
    says(answer(beginDo(overdue(secondSentBefore))), Outcome.UNKNOWN);
    undoes(beginUndo(sentBefore, KnownEffect.UNKNOWN), KnownEffect.UNKNOWN, null);
  }

  @Test
  void aDoAfterItsDeadline_leavesAFailureAndADoubtAsTheyAre() {
    failed();
    says(answer(beginDo(overdue(claim(2)))), Outcome.NO_EFFECT);
    Token second = runs(beginDo(claim(2)));
    finish(second, new Settled.InDoubt("timed out"));
    says(answer(beginDo(overdue(claim(3)))), Outcome.UNKNOWN);
    runsAgain(beginDo(claim(3)));
  }

  @Test
  void aDoWithinTheToleranceOfItsDeadline_runs() {
    runs(beginDo(due(claim(1), now().minus(SETTINGS.clockTolerance()).plusSeconds(5))));
  }

  @Test
  void aRunThatBegan_isTakenOverAndGrantedAgainAfterItsDeadlineToo() {
    Claim claim = due(claim(1), now().plusSeconds(1));
    Token token = runs(beginDo(claim));
    passes(LEASE.multipliedBy(2));
    assertThat(runs(beginDo(claim))).isEqualTo(token);
    passes(LEASE.multipliedBy(2));
    runsAgain(beginDo(overdue(claim(1))));
  }

  @Test
  void anUndo_knowsNoDeadline() {
    succeeded();
    undoes(beginUndo(overdue(claim(1)), KnownEffect.DONE), KnownEffect.DONE, REALM);
  }

  @Test
  void theSameClaimAgain_isGrantedAgain() {
    Claim claim = claim(1);
    Token token = runs(beginDo(claim));
    assertThat(runs(beginDo(claim))).isEqualTo(token);
    passes(LEASE.multipliedBy(2));
    assertThat(runs(beginDo(claim))).isEqualTo(token);
    waits(beginDo(claim(1)));
  }

  @Test
  void theSameClaimToVerifyAgain_isGrantedAgain() {
    expired(1);
    Claim claim = with(claim(2), OnDoubt.VERIFY);
    Token token = verifies(beginDo(claim));
    assertThat(verifies(beginDo(claim))).isEqualTo(token);
  }

  @Test
  void theSameUndoClaimAgain_isGrantedAgain() {
    succeeded();
    Claim claim = claim(1);
    UndoDecision.Run run = undoes(beginUndo(claim, KnownEffect.UNKNOWN));
    assertThat(undoes(beginUndo(claim, KnownEffect.UNKNOWN))).isEqualTo(run);
  }

  @Test
  void renewal_keepsTheLease() {
    Token token = doing(1);
    for (int i = 0; i < 3; i++) {
      passes(LEASE.dividedBy(2).plusSeconds(1));
      assertThat(done(fence().renew(key, token, LEASE))).isEqualTo(RenewResult.HELD);
    }
    waits(beginDo(claim(1)));
  }

  @Test
  void renewal_endsAtTheStepsTimeout() {
    Token token = doing(1);
    passes(limit().minusSeconds(1));
    assertThat(done(fence().renew(key, token, LEASE))).isEqualTo(RenewResult.HELD);
    passes(Duration.ofSeconds(1));
    assertThat(done(fence().renew(key, token, LEASE))).isEqualTo(RenewResult.LIMIT_REACHED);
    runsAgain(beginDo(claim(2)));
  }

  @Test
  void renewal_failsOnceAnotherHoldsTheStep() {
    Token lost = expired(1);
    Token held = runsAgain(beginDo(claim(1)));
    assertThat(done(fence().renew(key, lost, LEASE))).isEqualTo(RenewResult.LOST);
    assertThat(done(fence().renew(key, held, LEASE))).isEqualTo(RenewResult.HELD);
  }

  @Test
  void renewal_failsAfterTheEnd() {
    assertThat(done(fence().renew(key, succeeded(), LEASE))).isEqualTo(RenewResult.LOST);
  }

  @Test
  void anExpiredLeaseThatNobodyTook_isStillHeld() {
    Token token = expired(1);
    assertThat(done(fence().renew(key, token, LEASE))).isEqualTo(RenewResult.HELD);
    passes(LEASE);
    says(answer(finish(token, new Settled.Done(REALM))), Outcome.OK);
  }

  @Test
  void finishAgain_saysTheSame() {
    Token token = doing(1);
    FinishResult first = finish(token, new Settled.Done(REALM));
    assertThat(finish(token, new Settled.Done(REALM))).isEqualTo(first);
    Token undo = undoes(beginUndo(claim(1), KnownEffect.DONE)).token();
    FinishResult undone = finish(undo, new Settled.Undone());
    assertThat(finish(undo, new Settled.Undone())).isEqualTo(undone);
  }

  @Test
  void aRunWithoutEffect_afterOneInDoubt_staysInDoubt() {
    inDoubt();
    Token second = runsAgain(beginDo(claim(2)));
    StepAnswer answer = answer(finish(second, new Settled.NoEffect("exists already", false)));
    says(answer, Outcome.UNKNOWN);
    assertThat(answer.retryable()).isFalse();
    undoes(beginUndo(claim(1), KnownEffect.UNKNOWN), KnownEffect.UNKNOWN, null);
  }

  @Test
  void verified_done() {
    expired(1);
    Token token = verifies(beginDo(with(claim(2), OnDoubt.VERIFY)));
    says(answer(finish(token, new Settled.Done(REALM))), Outcome.OK);
    assertThat(answer(beginDo(claim(2))).result()).isEqualTo(REALM);
  }

  @Test
  void verified_unknown() {
    expired(1);
    Token token = verifies(beginDo(with(claim(2), OnDoubt.VERIFY)));
    says(answer(finish(token, new Settled.InDoubt("no answer"))), Outcome.UNKNOWN);
    verifies(beginDo(with(claim(3), OnDoubt.VERIFY)));
  }

  @Test
  void verified_notDone_theRunVouchesForItselfAgain() {
    expired(1);
    Token token = verifies(beginDo(with(claim(2), OnDoubt.VERIFY)));
    assertThat(done(fence().ruledOut(key, token, LEASE))).isEqualTo(RenewResult.HELD);
    says(answer(finish(token, new Settled.NoEffect("refused", true))), Outcome.NO_EFFECT);
    says(answer(beginUndo(claim(1), KnownEffect.UNKNOWN)), Outcome.UNDONE_EMPTY);
  }

  @Test
  void verifierThatDied_leavesTheDoubt() {
    expired(1);
    verifies(beginDo(with(claim(2), OnDoubt.VERIFY)));
    passes(LEASE);
    runsAgain(beginDo(claim(2)));
  }

  @Test
  void undoThatThrew_goesBackToDone() {
    Token undo = undoing();
    says(answer(finish(undo, new Settled.UndoThrew("locked"))), Outcome.UNKNOWN);
    undoes(beginUndo(claim(1, 2), KnownEffect.DONE), KnownEffect.DONE, REALM);
  }

  @Test
  void undoThatThrew_goesBackToFailed() {
    failed();
    finish(
        undoes(beginUndo(claim(1), KnownEffect.FAILED)).token(), new Settled.UndoThrew("locked"));
    undoes(beginUndo(claim(1, 2), KnownEffect.FAILED), KnownEffect.FAILED, null);
  }

  @Test
  void undoThatThrew_goesBackToInDoubt() {
    inDoubt();
    finish(
        undoes(beginUndo(claim(1), KnownEffect.UNKNOWN)).token(), new Settled.UndoThrew("locked"));
    undoes(beginUndo(claim(1, 2), KnownEffect.UNKNOWN), KnownEffect.UNKNOWN, null);
  }

  @Test
  void undoThatThrew_goesBackToUndone_andItsGenerationStillRuns() {
    undone();
    finish(
        undoes(beginUndo(claim(2, 2), KnownEffect.DONE)).token(), new Settled.UndoThrew("locked"));
    says(answer(beginUndo(claim(1, 1), KnownEffect.DONE)), Outcome.UNDONE);
    undoes(beginUndo(claim(2, 3), KnownEffect.DONE), KnownEffect.DONE, null);
  }

  @Test
  void undoThatThrew_whereNothingWas_isInDoubt() {
    finish(undoes(beginUndo(claim(1), KnownEffect.DONE)).token(), new Settled.UndoThrew("locked"));
    undoes(beginUndo(claim(1, 2), KnownEffect.UNKNOWN), KnownEffect.UNKNOWN, null);
  }

  @Test
  void undoThatThrew_deliveredAgain_replaysTheAnswer() {
    Token undo = undoing();
    finish(undo, new Settled.UndoThrew("locked"));
    StepAnswer replayed = answer(beginUndo(claim(1, 1), KnownEffect.DONE));
    says(replayed, Outcome.UNKNOWN);
    assertThat(replayed.error()).isEqualTo("locked");
  }

  @Test
  void afterAnUndoThatThrew_noDoRuns() {
    inDoubt();
    finish(
        undoes(beginUndo(claim(1), KnownEffect.UNKNOWN)).token(), new Settled.UndoThrew("locked"));
    says(answer(beginDo(claim(2))), Outcome.FENCED);
  }

  @Test
  void whileAnUndoWaits_noDoTakesOver() {
    doing(1);
    waits(beginUndo(claim(1), KnownEffect.UNKNOWN));
    passes(LEASE);
    says(answer(beginDo(claim(1))), Outcome.FENCED);
    undoes(beginUndo(claim(1), KnownEffect.UNKNOWN), KnownEffect.UNKNOWN, null);
  }

  @Test
  void notes_areKeptForTheUndo() {
    Token token = doing(1);
    assertThat(done(fence().note(key, "realmId"))).isNull();
    assertThat(done(fence().keepNote(key, token, "realmId", json("7")))).isTrue();
    assertThat(done(fence().keepNote(key, token, "scratch", json("8")))).isTrue();
    assertThat(done(fence().keepNote(key, token, "scratch", null))).isTrue();
    finish(token, new Settled.InDoubt("timed out"));
    undoes(beginUndo(claim(1), KnownEffect.UNKNOWN));
    assertThat(done(fence().note(key, "realmId"))).isEqualTo(json("7"));
    assertThat(done(fence().note(key, "scratch"))).isNull();
  }

  @Test
  void notesOfARunThatLostTheStep_areAddedButOverwriteNothing() {
    Token lost = expired(1);
    Token held = runsAgain(beginDo(claim(1)));
    done(fence().keepNote(key, held, "realmId", json("7")));
    assertThat(done(fence().keepNote(key, lost, "realmId", json("6")))).isFalse();
    assertThat(done(fence().keepNote(key, lost, "realmId", null))).isFalse();
    assertThat(done(fence().keepNote(key, lost, "clientId", json("5")))).isFalse();
    assertThat(done(fence().note(key, "realmId"))).isEqualTo(json("7"));
    assertThat(done(fence().note(key, "clientId"))).isEqualTo(json("5"));
  }
}

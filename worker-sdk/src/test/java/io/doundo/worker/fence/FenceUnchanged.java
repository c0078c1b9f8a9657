package io.doundo.worker.fence;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import io.doundo.worker.OnDoubt;
import org.junit.jupiter.api.Test;

/** A DO that found nothing left to do: settled as a success, and with no effect to undo. */
abstract class FenceUnchanged extends FenceAfterUndo {

  private Token unchanged() {
    Token token = doing(1);
    says(answer(finish(token, new Settled.Unchanged(REALM))), Outcome.UNCHANGED);
    return token;
  }

  private StepAnswer unchangedAgain(Token token) {
    return answer(finish(token, new Settled.Unchanged(REALM)));
  }

  @Test
  void unchanged_aDoOfAnyAttemptReplaysTheAnswer() {
    unchanged();
    StepAnswer replayed = answer(beginDo(claim(1)));
    says(replayed, Outcome.UNCHANGED);
    assertThat(replayed.result()).isEqualTo(REALM);
    assertThat(answer(beginDo(claim(2)))).isEqualTo(replayed);
    assertThat(answer(beginDo(redelivered(claim(3))))).isEqualTo(replayed);
  }

  @Test
  void unchanged_saidAgain_isTheSame() {
    Token token = unchanged();
    says(unchangedAgain(token), Outcome.UNCHANGED);
  }

  @Test
  void unchanged_acknowledged_losesItsResultOnly() {
    Token token = unchanged();
    answered(token, now().plusSeconds(60));
    StepAnswer replayed = answer(beginDo(claim(1)));
    says(replayed, Outcome.UNCHANGED);
    assertThat(replayed.resultSent()).isTrue();
    assertThat(answer(beginDo(claim(2))).resultSent()).isTrue();
    says(answer(beginUndo(claim(1), KnownEffect.UNKNOWN)), Outcome.UNDONE_EMPTY);
  }

  @Test
  void unchanged_undoOfAnUnknownOutcome_leavesATombstone() {
    unchanged();
    says(answer(beginUndo(claim(1), KnownEffect.UNKNOWN)), Outcome.UNDONE_EMPTY);
    says(answer(beginDo(claim(2))), Outcome.FENCED);
  }

  @Test
  void unchanged_undoOfAKnownEffect_runs() {
    unchanged();
    undoes(beginUndo(claim(1), KnownEffect.DONE), KnownEffect.DONE, REALM);
  }

  @Test
  void unchanged_undoThatIsAskedFor_runs() {
    unchanged();
    undoes(beginUndo(claim(1), KnownEffect.FAILED), KnownEffect.FAILED, null);
  }

  @Test
  void unchanged_undoWhenSomethingMayBeForgotten_runsWithEffectUnknown() {
    unchanged();
    Claim forgotten = firstSent(claim(1), null);
    undoes(beginUndo(forgotten, KnownEffect.UNKNOWN), KnownEffect.UNKNOWN, null);
  }

  @Test
  void unchanged_undoThatThrew_goesBackToIt() {
    unchanged();
    Token undo = undoes(beginUndo(claim(1), KnownEffect.DONE)).token();
    says(answer(finish(undo, new Settled.UndoThrew("locked"))), Outcome.UNKNOWN);
    says(answer(beginDo(claim(2))), Outcome.UNCHANGED);
    undoes(beginUndo(claim(2, 2), KnownEffect.DONE), KnownEffect.DONE, REALM);
  }

  @Test
  void unchanged_afterARunInDoubt_isSettledInDoubt() {
    inDoubt();
    StepAnswer answer = unchangedAgain(runsAgain(beginDo(claim(2))));
    says(answer, Outcome.UNCHANGED_IN_DOUBT);
    assertThat(answer.result()).isEqualTo(REALM);
    assertThat(answer(beginDo(claim(3)))).isEqualTo(answer);
    undoes(beginUndo(claim(1), KnownEffect.UNKNOWN), KnownEffect.UNKNOWN, null);
  }

  @Test
  void unchangedInDoubt_acknowledged_isStillUndone() {
    Token token = runsAgain(beginDo(claimAfterDoubt()));
    says(unchangedAgain(token), Outcome.UNCHANGED_IN_DOUBT);
    answered(token, now().plusSeconds(60));
    assertThat(answer(beginDo(claim(3))).resultSent()).isTrue();
    undoes(beginUndo(claim(1), KnownEffect.UNKNOWN), KnownEffect.UNKNOWN, null);
  }

  @Test
  void unchangedInDoubt_andTheOrchestratorKnowsOfASuccess_isUndoneWithTheResult() {
    says(unchangedAgain(runsAgain(beginDo(claimAfterDoubt()))), Outcome.UNCHANGED_IN_DOUBT);
    undoes(beginUndo(claim(1), KnownEffect.DONE), KnownEffect.DONE, REALM);
  }

  private Claim claimAfterDoubt() {
    inDoubt();
    return claim(2);
  }

  @Test
  void unchanged_afterARunThatDied_isSettledInDoubt() {
    expired(1);
    says(unchangedAgain(runsAgain(beginDo(claim(1)))), Outcome.UNCHANGED_IN_DOUBT);
  }

  @Test
  void unchanged_whenTheRecordIsGone_isSettledInDoubt() {
    Token token = doing(1);
    loseEverything();
    StepAnswer answer = unchangedAgain(token);
    says(answer, Outcome.UNCHANGED_IN_DOUBT);
    assertThat(answer.mayFollowUndo()).isTrue();
  }

  @Test
  void unchanged_afterACleanFailure_isUnchanged() {
    failed();
    says(unchangedAgain(runs(beginDo(claim(2)))), Outcome.UNCHANGED);
  }

  @Test
  void unchanged_onceEarlierRunsAreRuledOut_isUnchanged() {
    expired(1);
    Token token = verifies(beginDo(with(claim(2), OnDoubt.VERIFY)));
    assertThat(done(fence().ruledOut(key, token, LEASE))).isEqualTo(RenewResult.HELD);
    says(unchangedAgain(token), Outcome.UNCHANGED);
    says(answer(beginUndo(claim(1), KnownEffect.UNKNOWN)), Outcome.UNDONE_EMPTY);
  }

  @Test
  void unchanged_ofARunThatLostTheStep_saysNothing() {
    Token lost = expired(1);
    runsAgain(beginDo(claim(1)));
    assertThat(finish(lost, new Settled.Unchanged(REALM)))
        .isInstanceOf(FinishResult.Superseded.class);
  }

  @Test
  void unchanged_ofARunThatLostTheStepToAnUndo_saysNothing() {
    Token lost = expired(1);
    undoes(beginUndo(undoFailed(claim(1)), KnownEffect.UNKNOWN));
    assertThat(finish(lost, new Settled.Unchanged(REALM)))
        .isInstanceOf(FinishResult.Superseded.class);
  }

  @Test
  void unchanged_butARunBeforeItLands_isDoneAndLate() {
    Token first = expired(1);
    Token second = verifies(beginDo(with(claim(2), OnDoubt.VERIFY)));
    assertThat(done(fence().ruledOut(key, second, LEASE))).isEqualTo(RenewResult.HELD);
    says(unchangedAgain(second), Outcome.UNCHANGED);
    says(answer(finish(first, new Settled.Done(REALM))), Outcome.LATE_EFFECT);
    undoes(beginUndo(claim(1), KnownEffect.UNKNOWN), KnownEffect.DONE, REALM);
  }

  @Test
  void unchanged_butARunBeforeItEndsInDoubt_isInDoubt() {
    Token first = expired(1);
    Token second = verifies(beginDo(with(claim(2), OnDoubt.VERIFY)));
    assertThat(done(fence().ruledOut(key, second, LEASE))).isEqualTo(RenewResult.HELD);
    says(unchangedAgain(second), Outcome.UNCHANGED);
    says(answer(finish(first, new Settled.InDoubt("timed out"))), Outcome.LATE_EFFECT);
    undoes(beginUndo(claim(1), KnownEffect.UNKNOWN), KnownEffect.UNKNOWN, null);
  }
}

package io.doundo.worker.fence;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import io.doundo.worker.OnDoubt;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The table of the fence, cell by cell: the state that a DO or an UNDO finds, and the result. */
abstract class FenceCells extends FenceFixture {

  @Test
  void doFindsNothing_runs() {
    DoDecision decision = beginDo(claim(1));
    runs(decision);
    assertThat(((DoDecision.Run) decision).again()).isFalse();
  }

  @Test
  void doFindsALiveLease_waits() {
    doing(1);
    waits(beginDo(claim(1)));
    waits(beginDo(claim(2)));
  }

  @Test
  void doFindsAnExpiredLease_rerunRunsAgain() {
    Token first = expired(1);
    Token second = runsAgain(beginDo(claim(1)));
    assertThat(second.number()).isGreaterThan(first.number());
  }

  @Test
  void doFindsAnExpiredLease_verifyAsks() {
    expired(1);
    verifies(beginDo(with(claim(1), OnDoubt.VERIFY)));
    waits(beginDo(with(claim(1), OnDoubt.VERIFY)));
  }

  @Test
  void doFindsAnExpiredLease_neverAnswersUnknown() {
    expired(1);
    says(answer(beginDo(with(claim(1), OnDoubt.NEVER))), Outcome.UNKNOWN);
  }

  @Test
  void doFindsDone_replaysTheAnswer() {
    succeeded();
    StepAnswer replayed = answer(beginDo(claim(1)));
    says(replayed, Outcome.OK);
    assertThat(replayed.result()).isEqualTo(REALM);
    assertThat(answer(beginDo(claim(2)))).isEqualTo(replayed);
  }

  @Test
  void doFindsFailed_sameAttemptReplaysTheAnswer() {
    failed();
    StepAnswer replayed = answer(beginDo(claim(1)));
    says(replayed, Outcome.NO_EFFECT);
    assertThat(replayed.error()).isEqualTo("no such tenant");
    assertThat(replayed.retryable()).isTrue();
  }

  @Test
  void doFindsFailed_higherAttemptRuns() {
    failed();
    DoDecision decision = beginDo(claim(2));
    runs(decision);
    assertThat(((DoDecision.Run) decision).again()).as("an earlier run in doubt").isFalse();
  }

  @Test
  void doFindsFailedForGood_replaysThatItIsOfNoUse() {
    finish(doing(1), new Settled.NoEffect("no such tenant", false));
    assertThat(answer(beginDo(claim(1))).retryable()).isFalse();
    runs(beginDo(claim(2, 2)));
  }

  @Test
  void doFindsInDoubt_sameAttemptReplaysTheAnswer() {
    inDoubt();
    StepAnswer replayed = answer(beginDo(claim(1)));
    says(replayed, Outcome.UNKNOWN);
    assertThat(replayed.error()).isEqualTo("timed out");
  }

  @Test
  void doFindsInDoubt_higherAttemptFollowsThePolicy() {
    inDoubt();
    says(answer(beginDo(with(claim(2), OnDoubt.NEVER))), Outcome.UNKNOWN);
    verifies(beginDo(with(claim(3), OnDoubt.VERIFY)));
    passes(LEASE);
    runsAgain(beginDo(claim(4)));
  }

  @Test
  void doFindsATombstone_isFenced() {
    tombstone();
    says(answer(beginDo(claim(1))), Outcome.FENCED);
    says(answer(beginDo(claim(2, 2))), Outcome.FENCED);
  }

  @Test
  void doFindsUndone_isFenced() {
    undone();
    says(answer(beginDo(claim(1))), Outcome.FENCED);
  }

  @Test
  void doFindsUndoing_isFenced() {
    undoing();
    says(answer(beginDo(claim(1))), Outcome.FENCED);
  }

  @Test
  void undoFindsNothing_whenTheDoSucceeded_runs() {
    undoes(beginUndo(claim(1), KnownEffect.DONE), KnownEffect.DONE, null);
  }

  @Test
  void undoFindsNothing_whenTheDoFailed_runs() {
    undoes(beginUndo(claim(1), KnownEffect.FAILED), KnownEffect.FAILED, null);
  }

  @Test
  void undoFindsNothing_whenNobodyKnows_leavesATombstone() {
    UndoDecision decision = beginUndo(claim(1), KnownEffect.UNKNOWN);
    says(answer(decision), Outcome.UNDONE_EMPTY);
    assertThat(((UndoDecision.Reply) decision).replayed()).isFalse();
  }

  @Test
  void undoFindsALiveLease_waitsAndStopsTheDo() {
    Token token = doing(1);
    waits(beginUndo(claim(1), KnownEffect.UNKNOWN));
    assertThat(done(fence().renew(key, token, LEASE))).isEqualTo(RenewResult.UNDO_WAITS);
  }

  @Test
  void undoFindsAnExpiredLease_runsWithEffectUnknown() {
    expired(1);
    undoes(beginUndo(claim(1), KnownEffect.UNKNOWN), KnownEffect.UNKNOWN, null);
  }

  @Test
  void undoFindsDone_runsWithTheResult() {
    succeeded();
    undoes(beginUndo(claim(1), KnownEffect.UNKNOWN), KnownEffect.DONE, REALM);
  }

  @Test
  void undoFindsFailed_leavesATombstone() {
    failed();
    says(answer(beginUndo(claim(1), KnownEffect.UNKNOWN)), Outcome.UNDONE_EMPTY);
    says(answer(beginDo(claim(2))), Outcome.FENCED);
  }

  @Test
  void undoFindsFailed_butTheOrchestratorAsksForIt_runs() {
    failed();
    undoes(beginUndo(claim(1), KnownEffect.FAILED), KnownEffect.FAILED, null);
  }

  @Test
  void undoFindsFailed_butTheOrchestratorKnowsOfASuccess_runs() {
    failed();
    undoes(beginUndo(claim(1), KnownEffect.DONE), KnownEffect.DONE, null);
  }

  @Test
  void undoFindsInDoubt_runsWithEffectUnknown() {
    inDoubt();
    undoes(beginUndo(claim(1), KnownEffect.UNKNOWN), KnownEffect.UNKNOWN, null);
  }

  @Test
  void undoFindsInDoubt_butTheOrchestratorKnowsMore_runsWithThat() {
    inDoubt();
    undoes(beginUndo(claim(1), KnownEffect.DONE), KnownEffect.DONE, null);
  }

  @Test
  void undoFindsUndone_sameOrLowerGenerationReplays() {
    succeeded();
    Token token = undoes(beginUndo(claim(2, 1), KnownEffect.DONE)).token();
    finish(token, new Settled.Undone());
    says(answer(beginUndo(claim(2, 1), KnownEffect.DONE)), Outcome.UNDONE);
    says(answer(beginUndo(claim(1, 1), KnownEffect.DONE)), Outcome.UNDONE);
  }

  @Test
  void undoFindsUndone_higherGenerationRuns() {
    undone();
    undoes(beginUndo(claim(2, 2), KnownEffect.DONE), KnownEffect.DONE, null);
  }

  @Test
  void undoFindsATombstone_sameOrLowerGenerationReplays() {
    tombstone();
    UndoDecision decision = beginUndo(claim(1), KnownEffect.UNKNOWN);
    says(answer(decision), Outcome.UNDONE_EMPTY);
    assertThat(((UndoDecision.Reply) decision).replayed()).isTrue();
  }

  @Test
  void undoFindsATombstone_higherGenerationRuns() {
    tombstone();
    undoes(beginUndo(claim(2, 2), KnownEffect.UNKNOWN), KnownEffect.UNKNOWN, null);
  }

  @Test
  void undoFindsUndoing_waits() {
    undoing();
    waits(beginUndo(claim(1), KnownEffect.DONE));
    waits(beginUndo(claim(2, 2), KnownEffect.DONE));
  }

  @Test
  void undoFindsUndoingExpired_takesOver() {
    Token first = undoing();
    passes(LEASE.plus(Duration.ofSeconds(1)));
    UndoDecision.Run second = undoes(beginUndo(claim(1), KnownEffect.UNKNOWN));
    assertThat(second.token().number()).isGreaterThan(first.number());
    assertThat(second.effect()).isEqualTo(KnownEffect.DONE);
    assertThat(second.result()).isEqualTo(REALM);
  }
}

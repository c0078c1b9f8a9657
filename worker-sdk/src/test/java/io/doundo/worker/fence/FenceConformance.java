package io.doundo.worker.fence;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import io.doundo.worker.OnDoubt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/**
 * The conformance suite of all fences. The table is in {@link FenceCells}, the rules for a run that
 * holds its step in {@link FenceRules}; this class has those for runs that lost it, for lost
 * records, and for races.
 */
abstract class FenceConformance extends FenceRepeats {

  @Test
  void inDoubt_countsTheStepsThatAreInDoubtNow() {
    long before = done(fence().inDoubt());
    finish(doing(1), new Settled.InDoubt("timed out"));
    assertThat(done(fence().inDoubt())).isEqualTo(before + 1);
    Token again = doing(2);
    assertThat(done(fence().inDoubt())).isEqualTo(before);
    finish(again, new Settled.InDoubt("timed out"));
    assertThat(done(fence().inDoubt())).isEqualTo(before + 1);
    Token undo = undoes(beginUndo(claim(1), KnownEffect.UNKNOWN)).token();
    assertThat(done(fence().inDoubt())).isEqualTo(before);
    finish(undo, new Settled.UndoThrew("locked"));
    assertThat(done(fence().inDoubt())).isEqualTo(before + 1);
    finish(undoes(beginUndo(claim(1, 2), KnownEffect.UNKNOWN)).token(), new Settled.Undone());
    assertThat(done(fence().inDoubt())).isEqualTo(before);
  }

  @Test
  void late_afterUndone_isUndoneAgainWithItsResult() {
    Token lost = expired(1);
    Token undo = undoes(beginUndo(claim(1), KnownEffect.UNKNOWN)).token();
    finish(undo, new Settled.Undone());
    StepAnswer answer = answer(finish(lost, new Settled.Done(REALM)));
    says(answer, Outcome.LATE_EFFECT);
    assertThat(answer.result()).isEqualTo(REALM);
    answered(lost, null);
    says(answer(beginUndo(claim(1), KnownEffect.UNKNOWN)), Outcome.UNDONE);
    undoes(beginUndo(claim(2, 2), KnownEffect.UNKNOWN), KnownEffect.DONE, REALM);
  }

  @Test
  void late_keepsItsResultWhenTheUndoIsAcknowledged() {
    Token lost = expired(1);
    Token undo = undoes(beginUndo(claim(1), KnownEffect.UNKNOWN)).token();
    finish(undo, new Settled.Undone());
    finish(lost, new Settled.Done(REALM));
    answered(undo, null);
    undoes(beginUndo(claim(2, 2), KnownEffect.UNKNOWN), KnownEffect.DONE, REALM);
  }

  @Test
  void late_whileUndoing_isUndoneAgain() {
    Token lost = expired(1);
    Token undo = undoes(beginUndo(claim(1), KnownEffect.UNKNOWN)).token();
    says(answer(finish(lost, new Settled.Done(REALM))), Outcome.LATE_EFFECT);
    says(answer(finish(undo, new Settled.Undone())), Outcome.UNDONE);
    undoes(beginUndo(claim(2, 2), KnownEffect.UNKNOWN), KnownEffect.DONE, REALM);
  }

  @Test
  void late_whileAnUndoThatThrows_isKnownToTheNext() {
    Token lost = expired(1);
    Token undo = undoes(beginUndo(claim(1), KnownEffect.UNKNOWN)).token();
    finish(lost, new Settled.Done(REALM));
    finish(undo, new Settled.UndoThrew("locked"));
    undoes(beginUndo(claim(1, 2), KnownEffect.UNKNOWN), KnownEffect.DONE, REALM);
  }

  @Test
  void late_afterATombstone_isUndone() {
    Token lost = doing(1);
    loseEverything();
    // The record is lost, but the fence cannot know that something was done.
    passes(Duration.ofMinutes(10));
    tombstone();
    says(answer(finish(lost, new Settled.Done(REALM))), Outcome.LATE_EFFECT);
    undoes(beginUndo(claim(2, 2), KnownEffect.UNKNOWN), KnownEffect.DONE, REALM);
  }

  @Test
  void late_whenTheHandlerThrew_isUndoneAgain() {
    Token lost = expired(1);
    Token undo = undoes(beginUndo(claim(1), KnownEffect.UNKNOWN)).token();
    finish(undo, new Settled.Undone());
    says(answer(finish(lost, new Settled.InDoubt("timed out"))), Outcome.LATE_EFFECT);
    undoes(beginUndo(claim(2, 2), KnownEffect.FAILED), KnownEffect.UNKNOWN, null);
  }

  @Test
  void late_butWithoutEffect_isNothing() {
    Token lost = expired(1);
    Token undo = undoes(beginUndo(claim(1), KnownEffect.UNKNOWN)).token();
    finish(undo, new Settled.Undone());
    assertThat(finish(lost, new Settled.NoEffect("refused", true)))
        .isEqualTo(new FinishResult.Superseded());
  }

  @Test
  void late_saidAgain_saysTheSame() {
    Token lost = expired(1);
    says(answer(beginDo(with(claim(2), OnDoubt.NEVER))), Outcome.UNKNOWN);
    FinishResult first = finish(lost, new Settled.Done(REALM));
    says(answer(first), Outcome.LATE_EFFECT);
    assertThat(finish(lost, new Settled.Done(REALM))).isEqualTo(first);
  }

  @Test
  void late_afterNever_isKnownToTheNextAttempt() {
    Token lost = expired(1);
    says(answer(beginDo(with(claim(2), OnDoubt.NEVER))), Outcome.UNKNOWN);
    says(answer(finish(lost, new Settled.Done(REALM))), Outcome.LATE_EFFECT);
    StepAnswer replayed = answer(beginDo(with(claim(3), OnDoubt.NEVER)));
    says(replayed, Outcome.OK);
    assertThat(replayed.result()).isEqualTo(REALM);
  }

  @Test
  void late_whenARerunDidTheSameWork_isCoveredByIt() {
    Token lost = expired(1);
    Token rerun = runsAgain(beginDo(claim(1)));
    assertThat(finish(lost, new Settled.Done(json("1")))).isEqualTo(new FinishResult.Superseded());
    says(answer(finish(rerun, new Settled.Done(REALM))), Outcome.OK);
    assertThat(finish(lost, new Settled.Done(json("1")))).isEqualTo(new FinishResult.Superseded());
    assertThat(answer(beginDo(claim(1))).result()).isEqualTo(REALM);
  }

  @Test
  void late_whenTheRerunHadNoEffect_leavesTheStepInDoubt() {
    Token lost = expired(1);
    Token rerun = runsAgain(beginDo(claim(1)));
    finish(lost, new Settled.Done(REALM));
    says(answer(finish(rerun, new Settled.NoEffect("refused", true))), Outcome.UNKNOWN);
  }

  @Test
  void late_whenTheRerunThrew_isReported() {
    Token lost = expired(1);
    Token rerun = runsAgain(beginDo(claim(1)));
    finish(rerun, new Settled.InDoubt("timed out"));
    says(answer(finish(lost, new Settled.Done(REALM))), Outcome.LATE_EFFECT);
    undoes(beginUndo(claim(1), KnownEffect.UNKNOWN), KnownEffect.DONE, REALM);
  }

  @Test
  void late_afterItWasRuledOut_isReported() {
    Token lost = expired(1);
    Token verifier = verifies(beginDo(with(claim(2), OnDoubt.VERIFY)));
    done(fence().ruledOut(key, verifier, LEASE));
    says(answer(finish(lost, new Settled.Done(REALM))), Outcome.LATE_EFFECT);
    says(answer(finish(verifier, new Settled.NoEffect("refused", true))), Outcome.UNKNOWN);
  }

  @Test
  void late_afterItWasVerified_isCovered() {
    Token lost = expired(1);
    Token verifier = verifies(beginDo(with(claim(2), OnDoubt.VERIFY)));
    finish(verifier, new Settled.Done(REALM));
    assertThat(finish(lost, new Settled.Done(REALM))).isEqualTo(new FinishResult.Superseded());
  }

  @Test
  void late_afterARuledOutRunFailed_isDone() {
    Token lost = expired(1);
    Token verifier = verifies(beginDo(with(claim(2), OnDoubt.VERIFY)));
    done(fence().ruledOut(key, verifier, LEASE));
    finish(verifier, new Settled.NoEffect("refused", true));
    says(answer(finish(lost, new Settled.Done(REALM))), Outcome.LATE_EFFECT);
    undoes(beginUndo(claim(1), KnownEffect.UNKNOWN), KnownEffect.DONE, REALM);
  }

  @Test
  void anUndoThatLostTheStep_isCoveredByTheOther() {
    Token lost = undoing();
    passes(LEASE);
    Token held = undoes(beginUndo(claim(1), KnownEffect.DONE)).token();
    assertThat(finish(lost, new Settled.Undone())).isEqualTo(new FinishResult.Superseded());
    assertThat(finish(lost, new Settled.UndoThrew("locked")))
        .isEqualTo(new FinishResult.Superseded());
    says(answer(finish(held, new Settled.Undone())), Outcome.UNDONE);
  }

  @Test
  void absence_afterARestart_isNoEvidenceForTheUndo() {
    Claim sentBefore = claim(1);
    passes(Duration.ofMinutes(10));
    loseEverything();
    UndoDecision.Run run = undoes(beginUndo(sentBefore, KnownEffect.UNKNOWN));
    assertThat(run.effect()).isEqualTo(KnownEffect.UNKNOWN);
    finish(run.token(), new Settled.Undone());
    says(answer(beginDo(claim(1))), Outcome.FENCED);
  }

  @Test
  void absence_whenTheRecordsWereKeptButTheirLastMayBeMissing_isNoEvidence() {
    Claim sentBefore = claim(1);
    passes(Duration.ofMinutes(10));
    restarted();
    undoes(beginUndo(sentBefore, KnownEffect.UNKNOWN), KnownEffect.UNKNOWN, null);
  }

  @Test
  void absence_whenNobodySaysWhenTheStepWasFirstSent_isNoEvidence() {
    undoes(beginUndo(firstSent(claim(1), null), KnownEffect.UNKNOWN), KnownEffect.UNKNOWN, null);
  }

  @Test
  void absence_withinTheToleranceOfTheClocks_isNoEvidence() {
    Claim soonAfter = firstSent(claim(1), now().plus(SETTINGS.clockTolerance()).minusSeconds(5));
    undoes(beginUndo(soonAfter, KnownEffect.UNKNOWN), KnownEffect.UNKNOWN, null);
  }

  @Test
  void absence_ofADoThatMayHaveBeenDelivered_answersUnknown() {
    Claim sentBefore = claim(1);
    passes(Duration.ofMinutes(10));
    loseEverything();
    says(answer(beginDo(redelivered(sentBefore))), Outcome.UNKNOWN);
    says(answer(beginDo(redelivered(sentBefore))), Outcome.UNKNOWN);
    runsAgain(beginDo(claim(2)));
  }

  @Test
  void absence_ofADoThatIsDeliveredFirst_runs() {
    Claim sentBefore = claim(1);
    passes(Duration.ofMinutes(10));
    loseEverything();
    runs(beginDo(sentBefore));
  }

  @Test
  void absence_ofADoDeliveredAgain_whenNothingWasForgotten_runs() {
    DoDecision decision = beginDo(redelivered(claim(2)));
    runs(decision);
    assertThat(((DoDecision.Run) decision).again()).isFalse();
  }

  @Test
  void absence_beforeALaterAttempt_followsThePolicy() {
    Claim sentBefore = claim(2);
    passes(Duration.ofMinutes(10));
    loseEverything();
    says(answer(beginDo(with(sentBefore, OnDoubt.NEVER))), Outcome.UNKNOWN);
    loseEverything();
    verifies(beginDo(with(sentBefore, OnDoubt.VERIFY)));
    loseEverything();
    runsAgain(beginDo(sentBefore));
  }

  @Test
  void aFailure_whenTheLastOfTheRecordsMayBeMissing_isNoEvidence() {
    Claim sentBefore = claim(1);
    failed();
    passes(Duration.ofMinutes(10));
    restarted();
    undoes(beginUndo(sentBefore, KnownEffect.UNKNOWN), KnownEffect.UNKNOWN, null);
  }

  @Test
  void aFailure_beforeAnAttemptThatMayHaveBeenDelivered_isNoEvidence() {
    Claim sentBefore = claim(2);
    failed();
    passes(Duration.ofMinutes(10));
    restarted();
    says(answer(beginDo(redelivered(sentBefore))), Outcome.UNKNOWN);
  }

  @Test
  void aRunWhoseRecordIsGone_writesItsSuccessDownAgain() {
    Token token = doing(1);
    loseEverything();
    assertThat(done(fence().renew(key, token, LEASE))).isEqualTo(RenewResult.FORGOTTEN);
    says(answer(finish(token, new Settled.Done(REALM))), Outcome.OK);
    assertThat(answer(beginDo(claim(2))).result()).isEqualTo(REALM);
  }

  @Test
  void aRunWhoseRecordIsGone_cannotVouchForTheRunsBefore() {
    Token token = doing(1);
    loseEverything();
    says(answer(finish(token, new Settled.NoEffect("refused", true))), Outcome.UNKNOWN);
  }

  @Test
  void anUndoWhoseRecordIsGone_leavesItsTombstone() {
    Token undo = undoing();
    loseEverything();
    says(answer(finish(undo, new Settled.Undone())), Outcome.UNDONE);
    says(answer(beginDo(claim(1))), Outcome.FENCED);
    says(answer(beginUndo(claim(1), KnownEffect.DONE)), Outcome.UNDONE);
  }

  @Test
  void anUndoWhoseRecordIsGone_andThrew_runsAgain() {
    Token undo = undoing();
    loseEverything();
    says(answer(finish(undo, new Settled.UndoThrew("locked"))), Outcome.UNKNOWN);
    says(answer(beginDo(claim(2))), Outcome.FENCED);
    undoes(beginUndo(claim(1, 2), KnownEffect.DONE), KnownEffect.DONE, null);
  }

  @Test
  void aTokenFromBeforeTheLoss_holdsNothing() {
    Token before = doing(1);
    loseEverything();
    Token after = doing(1);
    assertThat(after.number()).isGreaterThan(before.number());
    assertThat(done(fence().renew(key, before, LEASE))).isEqualTo(RenewResult.LOST);
  }

  @Test
  void manyClaimsAtOnce_exactlyOneRuns() throws InterruptedException {
    for (int round = 0; round < 20; round++) {
      FenceKey raced = keyOf("raced-" + round);
      assertThat(race(16, raced)).hasSize(1);
    }
  }

  @Test
  void manyTakeoversAtOnce_exactlyOneRuns() throws InterruptedException {
    expired(1);
    assertThat(race(32, key)).hasSize(1);
  }

  @Test
  void doAndUndoAtOnce_neverBothRun() throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < 50; round++) {
        FenceKey raced = keyOf("both-" + round);
        CompletableFuture<DoDecision> doing =
            CompletableFuture.supplyAsync(() -> done(fence().beginDo(raced, claim(1))), threads);
        CompletableFuture<UndoDecision> undoing =
            CompletableFuture.supplyAsync(
                () -> done(fence().beginUndo(raced, claim(1), KnownEffect.UNKNOWN)), threads);
        if (doing.join() instanceof DoDecision.Run) {
          waits(undoing.join());
        } else {
          says(answer(doing.join()), Outcome.FENCED);
          says(answer(undoing.join()), Outcome.UNDONE_EMPTY);
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** The tokens under which a handler would run. */
  private List<Token> race(int racers, FenceKey raced) throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(racers);
    ConcurrentHashMap<Token, Boolean> tokens = new ConcurrentHashMap<>();
    try {
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (int i = 0; i < racers; i++) {
        Claim claim = claim(1 + i % 3);
        all.add(
            CompletableFuture.supplyAsync(() -> done(fence().beginDo(raced, claim)), threads)
                .thenAccept(
                    decision -> {
                      if (decision instanceof DoDecision.Run run) {
                        tokens.put(run.token(), true);
                      } else {
                        waits(decision);
                      }
                    }));
      }
      CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
    } finally {
      threads.shutdownNow();
    }
    return List.copyOf(tokens.keySet());
  }
}

package io.doundo.worker.fence;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** How long records are kept, and what their absence proves afterwards. */
abstract class FenceExpiry extends FenceCells {

  /** The tolerance between a requested time and the time on a real clock. */
  private static final Duration MOMENT = Duration.ofSeconds(5);

  private static final Duration MARGIN = SETTINGS.acknowledgedMargin();

  private void livesFor(Duration expected) {
    assertThat(expiresIn(key)).isBetween(expected.minus(MOMENT), expected.plus(MOMENT));
  }

  private Instant soon() {
    return now().plusSeconds(60);
  }

  /** The same step much later: it was first sent an hour ago and has ended. */
  private Claim longAgo(Claim claim) {
    return overdue(firstSent(claim, now().minus(MARGIN)));
  }

  @Test
  void theAnswer_isKeptUntilItIsAcknowledged() {
    Token token = succeeded();
    answered(token, null);
    StepAnswer replayed = answer(beginDo(claim(1)));
    says(replayed, Outcome.OK);
    assertThat(replayed.result()).isNull();
    assertThat(replayed.resultSent()).isTrue();
    undoes(beginUndo(claim(1), KnownEffect.DONE), KnownEffect.DONE, null);
  }

  @Test
  void anAcknowledgementOfAnotherRun_dropsNothing() {
    Token lost = expired(1);
    Token second = runsAgain(beginDo(claim(1)));
    finish(second, new Settled.Done(REALM));
    answered(lost, soon());
    assertThat(answer(beginDo(claim(1))).result()).isEqualTo(REALM);
  }

  @Test
  void whatIsInTheMiddle_outlivesItsTimeout_butNotForEver() {
    doing(1);
    livesFor(limit().plus(SETTINGS.doubtRetention()));
    passes(LEASE);
    finish(runsAgain(beginDo(claim(2))), new Settled.InDoubt("timed out"));
    livesFor(SETTINGS.doubtRetention());
    undoes(beginUndo(claim(1), KnownEffect.UNKNOWN));
    livesFor(limit().plus(SETTINGS.doubtRetention()));
  }

  @Test
  void whatIsSettled_outlivesTheTopics_andNotMore() {
    finish(undoing(), new Settled.Undone());
    livesFor(SETTINGS.retention());
    passes(SETTINGS.retention().minusSeconds(5));
    says(answer(beginDo(claim(1))), Outcome.FENCED);
    passes(Duration.ofSeconds(5));
    runs(beginDo(claim(1)));
  }

  @Test
  void doneFailedAndTombstone_expire() {
    succeeded();
    livesFor(SETTINGS.retention());
    loseEverything();
    failed();
    livesFor(SETTINGS.retention());
    runs(beginDo(claim(2)));
    livesFor(limit().plus(SETTINGS.doubtRetention()));
    loseEverything();
    done(fence().check());
    tombstone();
    livesFor(SETTINGS.retention());
  }

  @Test
  void anAcknowledgedSuccess_isKeptUntilShortlyAfterItsDeadline() {
    answered(succeeded(), soon());
    livesFor(MARGIN.plusSeconds(60));

    StepAnswer replayed = answer(beginDo(claim(1)));
    says(replayed, Outcome.OK);
    assertThat(replayed.resultSent()).isTrue();
    undoes(beginUndo(claim(1), KnownEffect.UNKNOWN), KnownEffect.DONE, null);
  }

  @Test
  void anAcknowledgedFailure_isKeptUntilShortlyAfterItsDeadline() {
    Token token = doing(1);
    finish(token, new Settled.NoEffect("no such tenant", false));
    answered(token, soon());
    livesFor(MARGIN.plusSeconds(60));

    StepAnswer replayed = answer(beginDo(claim(1)));
    says(replayed, Outcome.NO_EFFECT);
    assertThat(replayed.error()).isEqualTo("no such tenant");
    assertThat(replayed.retryable()).isFalse();
    says(answer(beginUndo(claim(1), KnownEffect.UNKNOWN)), Outcome.UNDONE_EMPTY);
  }

  @Test
  void afterAnAcknowledgedFailure_aHigherAttemptRuns() {
    answered(failed(), soon());
    runs(beginDo(claim(2)));
    livesFor(limit().plus(SETTINGS.doubtRetention()));
  }

  @Test
  void aDeadlineFarAway_keepsARecordNoLongerThanTheTopics() {
    answered(succeeded(), now().plus(SETTINGS.retention()));
    livesFor(SETTINGS.retention());
  }

  @Test
  void aCommandWithoutDeadline_keepsItsRecordAsLongAsTheTopics() {
    answered(succeeded(), null);
    livesFor(SETTINGS.retention());
  }

  /** The next attempt may have been sent already, with a later deadline. */
  @Test
  void anAnswerAfterItsDeadline_keepsItsRecordAsLongAsTheTopics() {
    answered(succeeded(), now());
    livesFor(SETTINGS.retention());
    StepAnswer replayed = answer(beginDo(claim(2)));
    says(replayed, Outcome.OK);
    assertThat(replayed.resultSent()).isTrue();
  }

  /** The lost run may return at any time, and must find out what it missed. */
  @Test
  void aStepThatWasTakenOver_keepsItsRecordAsLongAsTheTopics() {
    Token lost = expired(1);
    Token second = runsAgain(beginDo(claim(1)));
    finish(second, new Settled.Done(REALM));
    answered(second, soon());
    livesFor(SETTINGS.retention());
    assertThat(finish(lost, new Settled.Done(REALM))).isEqualTo(new FinishResult.Superseded());
  }

  @Test
  void aStepWithNotes_keepsThemAsLongAsTheTopics() {
    Token token = doing(1);
    done(fence().keepNote(key, token, "realmId", json("7")));
    finish(token, new Settled.Done(REALM));
    answered(token, soon());
    livesFor(SETTINGS.retention());
    assertThat(done(fence().note(key, "realmId"))).isEqualTo(json("7"));
  }

  @Test
  void aStepWhoseUndoThrew_keepsItsRecordAsLongAsTheTopics() {
    Token token = succeeded();
    finish(undoes(beginUndo(claim(1), KnownEffect.DONE)).token(), new Settled.UndoThrew("locked"));
    answered(token, soon());
    livesFor(SETTINGS.retention());
    says(answer(beginUndo(claim(1), KnownEffect.DONE)), Outcome.UNKNOWN);
  }

  @Test
  void oncePastItsMargin_aDuplicateBeginsNothingAndClaimsNothing() {
    Claim first = due(claim(1), soon());
    finish(runs(beginDo(first)), new Settled.Done(REALM));
    passes(MARGIN.plus(Duration.ofMinutes(2)));
    says(answer(beginDo(longAgo(claim(1)))), Outcome.OK);
  }

  @Test
  void onceForgotten_aDuplicateBeginsNothingAndIsInDoubt() {
    answered(succeeded(), soon());
    passes(MARGIN.plus(Duration.ofMinutes(2)));
    says(answer(beginDo(longAgo(redelivered(claim(1))))), Outcome.UNKNOWN);
    says(answer(beginDo(longAgo(claim(1)))), Outcome.UNKNOWN);
  }

  @Test
  void onceForgotten_theUndoRunsWhateverIsKnown() {
    answered(succeeded(), soon());
    passes(MARGIN.plus(Duration.ofMinutes(2)));
    Token undo = undoes(beginUndo(longAgo(claim(1)), KnownEffect.UNKNOWN)).token();
    finish(undo, new Settled.Undone());
    livesFor(SETTINGS.retention());
    says(answer(beginDo(longAgo(claim(1)))), Outcome.FENCED);
  }

  @Test
  void aStepThatNeverBegan_leavesATombstoneOnlyWhileNothingCanHaveExpired() {
    passes(MARGIN.multipliedBy(3));
    Instant marginAgo = now().minus(MARGIN);
    Claim young = firstSent(claim(1), marginAgo.plusSeconds(30));
    Claim old = firstSent(claim(1), marginAgo.plusSeconds(5));

    says(answer(beginUndo(young, KnownEffect.UNKNOWN)), Outcome.UNDONE_EMPTY);
    assertThat(done(fence().beginUndo(keyOf("old"), onTheFencesClock(old), KnownEffect.UNKNOWN)))
        .isInstanceOf(UndoDecision.Run.class);
  }
}

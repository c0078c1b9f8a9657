package io.doundo.worker.fence;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import org.junit.jupiter.api.Test;

/**
 * The ending of a DO whose reply was lost is repeated, after the record has moved on. It is late
 * only as long as that effect is owed; otherwise an UNDO that has settled would run once more.
 */
abstract class FenceRepeats extends FenceUnchanged {

  private void isUndone(KnownEffect effect) {
    finish(undoes(beginUndo(claim(1), effect)).token(), new Settled.Undone());
  }

  /** The step is undone, and no UNDO runs any more, of the same generation or a higher one. */
  private void staysUndone(Token token, Settled repeated) {
    isSuperseded(token, repeated);
    says(answer(beginDo(redelivered(claim(1)))), Outcome.FENCED);
    says(answer(beginUndo(claim(1), KnownEffect.UNKNOWN)), Outcome.UNDONE);
  }

  private void isSuperseded(Token token, Settled repeated) {
    assertThat(finish(token, repeated)).isInstanceOf(FinishResult.Superseded.class);
  }

  /** The UNDO is running, settles afterwards, and is neither disturbed nor run again. */
  private void isSupersededWhileItsUndoRuns(Token token, Settled repeated) {
    Token undo = undoes(beginUndo(claim(1), KnownEffect.UNKNOWN)).token();
    isSuperseded(token, repeated);
    says(answer(beginDo(redelivered(claim(1)))), Outcome.FENCED);
    says(answer(finish(undo, new Settled.Undone())), Outcome.UNDONE);
    staysUndone(token, repeated);
  }

  @Test
  void done_repeatedWhileItsUndoRuns_isSuperseded() {
    isSupersededWhileItsUndoRuns(succeeded(), new Settled.Done(REALM));
  }

  @Test
  void inDoubt_repeatedWhileItsUndoRuns_isSuperseded() {
    isSupersededWhileItsUndoRuns(inDoubt(), new Settled.InDoubt("timed out"));
  }

  @Test
  void failedAndLeavingSomething_repeatedWhileItsUndoRuns_isSuperseded() {
    Settled failed = new Settled.NoEffect("no", true);
    Token token = runs(beginDo(undoFailed(claim(1))));
    finish(token, failed);
    isSupersededWhileItsUndoRuns(token, failed);
  }

  @Test
  void done_repeatedWhileAFurtherUndoRuns_isSuperseded() {
    Token token = succeeded();
    finish(undoes(beginUndo(claim(1), KnownEffect.UNKNOWN)).token(), new Settled.UndoThrew("no"));
    undoes(beginUndo(claim(1, 2), KnownEffect.UNKNOWN));
    isSuperseded(token, new Settled.Done(REALM));
  }

  @Test
  void done_repeatedAfterItsUndo_isSuperseded() {
    Token token = succeeded();
    isUndone(KnownEffect.UNKNOWN);
    staysUndone(token, new Settled.Done(REALM));
  }

  @Test
  void done_repeatedAfterAnUndoThatThrewAndOneThatDidNot_isSuperseded() {
    Token token = succeeded();
    Token undo = undoes(beginUndo(claim(1), KnownEffect.UNKNOWN)).token();
    finish(undo, new Settled.UndoThrew("locked"));
    says(answer(finish(token, new Settled.Done(REALM))), Outcome.OK);
    finish(undoes(beginUndo(claim(1, 2), KnownEffect.UNKNOWN)).token(), new Settled.Undone());
    staysUndone(token, new Settled.Done(REALM));
  }

  /** Another delivery of the same DO has told it. */
  @Test
  void done_repeatedAfterItsAnswerWasAcknowledged_isSuperseded() {
    Token token = succeeded();
    answered(token, now().plusSeconds(60));
    isSuperseded(token, new Settled.Done(REALM));

    Token undo = undoes(beginUndo(claim(1), KnownEffect.UNKNOWN)).token();
    isSuperseded(token, new Settled.Done(REALM));
    finish(undo, new Settled.Undone());
    staysUndone(token, new Settled.Done(REALM));
  }

  @Test
  void inDoubt_repeatedAfterItsUndo_isSuperseded() {
    Token token = inDoubt();
    isUndone(KnownEffect.UNKNOWN);
    staysUndone(token, new Settled.InDoubt("timed out"));
  }

  @Test
  void inDoubt_repeatedAfterTheNextAttemptWasUndone_isSuperseded() {
    Token first = inDoubt();
    Token second = runsAgain(beginDo(claim(2)));
    finish(second, new Settled.Done(REALM));
    isUndone(KnownEffect.DONE);
    staysUndone(first, new Settled.InDoubt("timed out"));
    staysUndone(second, new Settled.Done(REALM));
  }

  @Test
  void failedAndLeavingSomething_repeatedAfterItsUndo_isSuperseded() {
    Settled failed = new Settled.NoEffect("no", true);
    Token token = runs(beginDo(undoFailed(claim(1))));
    finish(token, failed);
    isUndone(KnownEffect.UNKNOWN);
    staysUndone(token, failed);
  }

  @Test
  void failedAndLeavingSomething_repeatedAfterAnUndoThatMayHaveForgotten_isSuperseded() {
    Settled failed = new Settled.NoEffect("no", true);
    Token token = runs(beginDo(undoFailed(claim(1))));
    finish(token, failed);
    Claim ofBefore = firstSent(claim(1), null);
    finish(undoes(beginUndo(ofBefore, KnownEffect.UNKNOWN)).token(), new Settled.Undone());
    staysUndone(token, failed);
  }

  @Test
  void late_repeated_isLateUntilItIsUndone() {
    Token lost = expired(1);
    isUndone(KnownEffect.UNKNOWN);
    says(answer(finish(lost, new Settled.Done(REALM))), Outcome.LATE_EFFECT);
    says(answer(finish(lost, new Settled.Done(REALM))), Outcome.LATE_EFFECT);

    Token undo = undoes(beginUndo(claim(2, 2), KnownEffect.DONE)).token();
    says(answer(finish(lost, new Settled.Done(REALM))), Outcome.LATE_EFFECT);
    finish(undo, new Settled.Undone());
    isSuperseded(lost, new Settled.Done(REALM));
    says(answer(beginDo(redelivered(claim(1)))), Outcome.FENCED);
    says(answer(beginUndo(claim(2, 2), KnownEffect.UNKNOWN)), Outcome.UNDONE);
  }

  @Test
  void late_whileAnUndoRuns_isStillLateAfterThatUndo() {
    Token lost = expired(1);
    Token undo = undoes(beginUndo(claim(1), KnownEffect.UNKNOWN)).token();
    finish(lost, new Settled.Done(REALM));
    finish(undo, new Settled.Undone());
    says(answer(finish(lost, new Settled.Done(REALM))), Outcome.LATE_EFFECT);
    undoes(beginUndo(claim(2, 2), KnownEffect.UNKNOWN), KnownEffect.DONE, REALM);
  }

  /** One run has ended and repeats it; the other one has really ended after the UNDO. */
  @Test
  void anEndingThatIsNoRepetition_isLateAllTheSame() {
    Token lost = expired(1);
    Token second = runsAgain(beginDo(redelivered(claim(1))));
    finish(second, new Settled.Done(REALM));
    isUndone(KnownEffect.DONE);
    staysUndone(second, new Settled.Done(REALM));
    says(answer(finish(lost, new Settled.Done(REALM))), Outcome.LATE_EFFECT);
    undoes(beginUndo(claim(2, 2), KnownEffect.UNKNOWN), KnownEffect.DONE, REALM);
  }

  /** The record keeps the latest endings only: a step that is tried for weeks does not grow. */
  @Test
  void ofManyAttemptsInDoubt_theLatestEndingsAreKnown() {
    Token first = inDoubt();
    Token latest = first;
    for (int attempt = 2; attempt <= 10; attempt++) {
      latest = runsAgain(beginDo(claim(attempt)));
      finish(latest, new Settled.InDoubt("timed out"));
    }
    isUndone(KnownEffect.UNKNOWN);
    staysUndone(latest, new Settled.InDoubt("timed out"));
    says(answer(finish(first, new Settled.InDoubt("timed out"))), Outcome.LATE_EFFECT);
  }
}

package io.doundo.worker.fence;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import io.doundo.worker.fence.PartitionFences.PartitionFence;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * A partition's fence is a fence. What Redis loses when it is emptied, it loses when the partition
 * is assigned anew; where a restarted Redis may miss something, it had to make room.
 */
class PartitionFenceTest extends FenceConformance {

  private static final int MANY = 10_000;

  private final AtomicLong millis =
      new AtomicLong(Instant.parse("2026-11-21T10:00:00Z").toEpochMilli());
  private PartitionFence fence = fence(MANY);

  private PartitionFence fence(int maxRecords) {
    return new PartitionFence(this::now, SETTINGS, maxRecords);
  }

  @Override
  Fence fence() {
    return fence;
  }

  @Override
  void passes(Duration duration) {
    millis.addAndGet(duration.toMillis());
  }

  @Override
  Instant now() {
    return Instant.ofEpochMilli(millis.get());
  }

  @Override
  void loseEverything() {
    // Time passes first, or a new record would get the number of an old one.
    passes(Duration.ofMillis(1));
    fence = fence(MANY);
  }

  @Override
  void restarted() {
    fence.forgetsUpToNow();
  }

  @Override
  Duration expiresIn(FenceKey which) {
    return fence.expiresIn(which);
  }

  @Test
  void afterTheRevocation_anEffectIsLate() {
    Token running = doing(1);
    fence.revoke();
    assertThat(done(fence.renew(key, running, LEASE))).isEqualTo(RenewResult.FORGOTTEN);
    StepAnswer answer = answer(finish(running, new Settled.Done(REALM)));
    says(answer, Outcome.LATE_EFFECT);
    assertThat(answer.result()).isEqualTo(REALM);
    assertThat(answer.error()).isNull();
  }

  @Test
  void afterTheRevocation_aDoubtIsLateToo() {
    Token running = doing(1);
    fence.revoke();
    StepAnswer answer = answer(finish(running, new Settled.InDoubt("no answer")));
    says(answer, Outcome.LATE_EFFECT);
    assertThat(answer.error()).isEqualTo("no answer");
  }

  @Test
  void afterTheRevocation_aRunWithoutEffectSaysNothing() {
    Token running = doing(1);
    fence.revoke();
    assertThat(finish(running, new Settled.NoEffect("refused", true)))
        .isInstanceOf(FinishResult.Superseded.class);
  }

  @Test
  void afterTheRevocation_anUndoIsTheNextWorkers() {
    Token undo = undoing();
    fence.revoke();
    assertThat(finish(undo, new Settled.Undone())).isInstanceOf(FinishResult.Superseded.class);
    assertThat(done(fence.ruledOut(key, undo, LEASE))).isEqualTo(RenewResult.LOST);
    assertThat(fence.beginDo(key, claim(2)).toCompletableFuture()).isCompletedExceptionally();
  }

  @Test
  void makingRoom_forgetsWhatWasTouchedLongestAgo_andKnowsIt() {
    fence = fence(2);
    passes(Duration.ofMinutes(1));
    Instant firstSent = now();
    settle("oldest", firstSent);
    passes(Duration.ofMinutes(1));
    settle("second", now());
    passes(Duration.ofMinutes(1));
    settle("third", now());
    assertThat(fence.size()).isEqualTo(2);

    UndoDecision forgotten = undoOf("oldest", firstSent);
    UndoDecision neverThere = undoOf("another", now());

    assertThat(forgotten)
        .as("an UNDO of a step that was forgotten runs")
        .isInstanceOf(UndoDecision.Run.class);
    says(answer(neverThere), Outcome.UNDONE_EMPTY);
  }

  @Test
  void makingRoom_sparesWhatIsRunning() {
    fence = fence(1);
    Token running = doing(1);
    passes(Duration.ofSeconds(1));
    settle("other", now());
    says(answer(finish(running, new Settled.Done(REALM))), Outcome.OK);
  }

  @Test
  void aRevokedPartitionThatComesBackKnowsNothing() {
    PartitionFences fences = new PartitionFences(this::now, SETTINGS, MANY);
    Fence first = fences.assigned("t", 0);
    Claim claim = firstSent(claim(1), now());
    runs(done(first.beginDo(key, claim)));
    passes(Duration.ofSeconds(1));
    fences.revoked("t", 0);
    assertThat(fences.size()).isZero();

    Fence second = fences.assigned("t", 0);
    says(
        answer(done(second.beginDo(key, redelivered(firstSent(claim(1), claim.firstSent()))))),
        Outcome.UNKNOWN);
    assertThat(done(fences.inDoubt())).isEqualTo(1);
  }

  private void settle(String flowId, Instant firstSent) {
    FenceKey step = keyOf(flowId);
    Token token = runs(done(fence.beginDo(step, firstSent(claim(1), firstSent))));
    done(fence.finish(step, token, new Settled.Done(REALM)));
  }

  private UndoDecision undoOf(String flowId, Instant firstSent) {
    return done(
        fence.beginUndo(keyOf(flowId), firstSent(claim(1), firstSent), KnownEffect.UNKNOWN));
  }
}

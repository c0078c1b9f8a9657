package io.doundo.worker.fence;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.OnDoubt;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/** Brings one step of one flow into each state that a fence knows, and asks the fence about it. */
abstract class FenceFixture {

  static final Duration LEASE = Duration.ofSeconds(20);
  static final Duration LIMIT = Duration.ofMinutes(5);
  static final FenceSettings SETTINGS =
      FenceSettings.DEFAULTS.withPrefix("test").withTimeout(Duration.ofSeconds(5));
  static final RawJson REALM = json("{\"realm\":\"acme\"}");

  final FenceKey key = keyOf("f-1");

  /** The fence under test; the same for the whole of a test. */
  abstract Fence fence();

  /** Lets time pass on the fence's clock for its stored records. */
  abstract void passes(Duration duration);

  abstract Instant now();

  /**
   * The claim with its times on the fence's own clock, if {@link #passes} cannot move that clock.
   */
  Claim onTheFencesClock(Claim claim) {
    return claim;
  }

  abstract void loseEverything();

  /** Restarts the store of the records without losing any. */
  abstract void restarted();

  /** The same for a point in time. */
  Instant onTheFencesClock(Instant time) {
    return time;
  }

  /** How much longer the step's record is kept. */
  abstract Duration expiresIn(FenceKey which);

  @BeforeEach
  void begins() {
    loseEverything();
    done(fence().check());
  }

  static RawJson json(String text) {
    return RawJson.trusted(text.getBytes(StandardCharsets.UTF_8));
  }

  static FenceKey keyOf(String flowId) {
    return new FenceKey("tenantCreation", "createRealm", flowId, "0".repeat(32));
  }

  static <T extends @Nullable Object> T done(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  /** How long the lease of a claim is. Whatever it is, a run is over after {@link #LEASE}. */
  Duration lease() {
    return LEASE;
  }

  /** The timeout of the step of a claim. */
  Duration limit() {
    return LIMIT;
  }

  /** A first delivery of a step that was first sent when the fence already kept records. */
  Claim claim(int generation, int attempt) {
    return new Claim(
        UUID.randomUUID().toString(),
        generation,
        attempt,
        "%016x%016x".formatted(generation, attempt),
        lease(),
        limit(),
        OnDoubt.RERUN,
        now().plus(SETTINGS.clockTolerance()).plusSeconds(60),
        null,
        false);
  }

  Claim claim(int attempt) {
    return claim(1, attempt);
  }

  private static Claim copy(
      Claim claim,
      OnDoubt onDoubt,
      @Nullable Instant firstSent,
      @Nullable Instant deadline,
      boolean redelivered,
      @Nullable Instant visibleSince,
      boolean undoFailed) {
    return new Claim(
        claim.owner(),
        claim.generation(),
        claim.attempt(),
        claim.commandId(),
        claim.lease(),
        claim.limit(),
        onDoubt,
        firstSent,
        deadline,
        redelivered,
        visibleSince,
        undoFailed);
  }

  static Claim with(Claim claim, OnDoubt onDoubt) {
    return copy(
        claim,
        onDoubt,
        claim.firstSent(),
        claim.deadline(),
        claim.redelivered(),
        claim.visibleSince(),
        claim.undoFailed());
  }

  static Claim firstSent(Claim claim, @Nullable Instant firstSent) {
    return copy(
        claim,
        claim.onDoubt(),
        firstSent,
        claim.deadline(),
        claim.redelivered(),
        claim.visibleSince(),
        claim.undoFailed());
  }

  static Claim redelivered(Claim claim) {
    return copy(
        claim,
        claim.onDoubt(),
        claim.firstSent(),
        claim.deadline(),
        true,
        claim.visibleSince(),
        claim.undoFailed());
  }

  static Claim due(Claim claim, @Nullable Instant deadline) {
    return copy(
        claim,
        claim.onDoubt(),
        claim.firstSent(),
        deadline,
        claim.redelivered(),
        claim.visibleSince(),
        claim.undoFailed());
  }

  static Claim visibleSince(Claim claim, @Nullable Instant visibleSince) {
    return copy(
        claim,
        claim.onDoubt(),
        claim.firstSent(),
        claim.deadline(),
        claim.redelivered(),
        visibleSince,
        claim.undoFailed());
  }

  static Claim undoFailed(Claim claim) {
    return copy(
        claim,
        claim.onDoubt(),
        claim.firstSent(),
        claim.deadline(),
        claim.redelivered(),
        claim.visibleSince(),
        true);
  }

  /** A DO whose deadline has passed by every clock. */
  Claim overdue(Claim claim) {
    return due(claim, now().minus(SETTINGS.clockTolerance()).minusSeconds(5));
  }

  DoDecision beginDo(Claim claim) {
    return done(fence().beginDo(key, onTheFencesClock(claim)));
  }

  UndoDecision beginUndo(Claim claim, KnownEffect effect) {
    return done(fence().beginUndo(key, onTheFencesClock(claim), effect));
  }

  FinishResult finish(Token token, Settled settled) {
    return done(fence().finish(key, token, settled));
  }

  /** The answer of this run was acknowledged; its command had this deadline. */
  void answered(Token token, @Nullable Instant deadline) {
    done(fence().answered(key, token, deadline == null ? null : onTheFencesClock(deadline)));
  }

  Token doing(int attempt) {
    return runs(beginDo(claim(attempt)));
  }

  /** A DO whose worker died. */
  Token expired(int attempt) {
    Token token = doing(attempt);
    passes(LEASE);
    return token;
  }

  Token succeeded() {
    Token token = doing(1);
    assertThat(answer(finish(token, new Settled.Done(REALM))).outcome()).isEqualTo(Outcome.OK);
    return token;
  }

  Token failed() {
    Token token = doing(1);
    assertThat(answer(finish(token, new Settled.NoEffect("no such tenant", true))).outcome())
        .isEqualTo(Outcome.NO_EFFECT);
    return token;
  }

  Token inDoubt() {
    Token token = doing(1);
    assertThat(answer(finish(token, new Settled.InDoubt("timed out"))).outcome())
        .isEqualTo(Outcome.UNKNOWN);
    return token;
  }

  void tombstone() {
    assertThat(answer(beginUndo(claim(1), KnownEffect.UNKNOWN)).outcome())
        .isEqualTo(Outcome.UNDONE_EMPTY);
  }

  /** The UNDO of a step that was done. */
  Token undoing() {
    succeeded();
    return undoes(beginUndo(claim(1), KnownEffect.DONE)).token();
  }

  void undone() {
    assertThat(answer(finish(undoing(), new Settled.Undone())).outcome()).isEqualTo(Outcome.UNDONE);
  }

  static Token runs(DoDecision decision) {
    assertThat(decision).isInstanceOf(DoDecision.Run.class);
    return ((DoDecision.Run) decision).token();
  }

  static Token runsAgain(DoDecision decision) {
    assertThat(decision).isInstanceOf(DoDecision.Run.class);
    assertThat(((DoDecision.Run) decision).again()).as("an earlier run in doubt").isTrue();
    return ((DoDecision.Run) decision).token();
  }

  static Token verifies(DoDecision decision) {
    assertThat(decision).isInstanceOf(DoDecision.Verify.class);
    return ((DoDecision.Verify) decision).token();
  }

  static UndoDecision.Run undoes(UndoDecision decision) {
    assertThat(decision).isInstanceOf(UndoDecision.Run.class);
    return (UndoDecision.Run) decision;
  }

  static void undoes(UndoDecision decision, KnownEffect effect, @Nullable RawJson result) {
    UndoDecision.Run run = undoes(decision);
    assertThat(run.effect()).isEqualTo(effect);
    assertThat(run.result()).isEqualTo(result);
  }

  static StepAnswer answer(DoDecision decision) {
    assertThat(decision).isInstanceOf(DoDecision.Reply.class);
    return ((DoDecision.Reply) decision).answer();
  }

  static StepAnswer answer(UndoDecision decision) {
    assertThat(decision).isInstanceOf(UndoDecision.Reply.class);
    return ((UndoDecision.Reply) decision).answer();
  }

  static StepAnswer answer(FinishResult result) {
    assertThat(result).isInstanceOf(FinishResult.Reply.class);
    return ((FinishResult.Reply) result).answer();
  }

  static void waits(Object decision) {
    Duration remaining =
        decision instanceof DoDecision.Wait doing
            ? doing.remaining()
            : ((UndoDecision.Wait) decision).remaining();
    assertThat(remaining).isPositive().isLessThanOrEqualTo(LEASE);
  }

  static void says(StepAnswer answer, Outcome outcome) {
    assertThat(answer.outcome()).isEqualTo(outcome);
  }
}

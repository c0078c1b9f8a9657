package io.doundo.orchestrator.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.breaker.BreakerEvent.Asked;
import io.doundo.orchestrator.breaker.BreakerEvent.Reported;
import io.doundo.orchestrator.breaker.BreakerEvent.Request;
import io.doundo.orchestrator.breaker.BreakerEvent.TimeReached;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A breaker opens after faults in a row, is tried in waves, and closes when none comes back. */
class BreakerDeciderTest {

  private static final Instant BEGIN = Instant.parse("2027-05-04T12:00:00Z");

  private BreakerState state = BreakerState.unknown("partner");
  private Instant now = BEGIN;
  private int requests;
  private List<BreakerEntry> entries = List.of();

  private void decide(BreakerEvent event) {
    BreakerDecision decision = BreakerDecider.decide(state, event);
    state = decision.next();
    entries = decision.entries();
  }

  private void report(int task, int ok, int faults, int held) {
    decide(new Reported(now, task, ok, faults, held));
  }

  private void pass(Duration time) {
    now = now.plus(time);
    decide(new TimeReached(now));
  }

  private void ask(Request request, @Nullable String reason) {
    decide(new Asked(now, "request-" + ++requests, request, reason, "ann"));
  }

  private void open() {
    report(0, 0, 5, 0);
    assertThat(state.phase()).isEqualTo(BreakerPhase.OPEN);
  }

  private BreakerWave wave() {
    return Objects.requireNonNull(state.wave());
  }

  private List<BreakerEntry.Type> told() {
    return entries.stream().map(BreakerEntry::type).toList();
  }

  @Test
  void opensAfterSoManyFaultsWithinTheWindow() {
    report(0, 0, 2, 0);
    now = now.plusSeconds(30);
    report(1, 0, 2, 0);
    assertThat(state.phase()).isEqualTo(BreakerPhase.CLOSED);
    report(2, 0, 1, 0);

    assertThat(state.phase()).isEqualTo(BreakerPhase.OPEN);
    assertThat(state.until()).isEqualTo(now.plusSeconds(60));
    assertThat(told()).containsExactly(BreakerEntry.Type.BREAKER_OPENED);
  }

  @Test
  void faultsOutsideTheWindowDoNotCount() {
    report(0, 0, 4, 0);
    now = now.plusSeconds(60);
    report(0, 0, 4, 0);

    assertThat(state.phase()).isEqualTo(BreakerPhase.CLOSED);
    assertThat(state.faults()).hasSize(1);
  }

  @Test
  void anAnswerThatIsNoFaultBeginsTheCountAnew() {
    report(0, 0, 4, 0);
    report(1, 1, 0, 0);
    report(0, 0, 4, 0);

    assertThat(state.phase()).isEqualTo(BreakerPhase.CLOSED);
  }

  @Test
  void nothingChangesWithAReportOfNothing() {
    BreakerState before = state;
    report(0, 0, 0, 0);

    assertThat(state).isSameAs(before);
    assertThat(entries).isEmpty();
  }

  @Test
  void isHalfOpenWhenItsTimeIsUpAndLetsTheFirstWaveThrough() {
    open();
    report(0, 0, 0, 10);
    report(3, 0, 0, 1);
    pass(Duration.ofSeconds(59));
    assertThat(state.phase()).isEqualTo(BreakerPhase.OPEN);

    pass(Duration.ofSeconds(1));

    assertThat(state.phase()).isEqualTo(BreakerPhase.HALF_OPEN);
    assertThat(told()).containsExactly(BreakerEntry.Type.BREAKER_HALF_OPENED);
    assertThat(wave().shares()).isEqualTo(Map.of(0, 2, 3, 1));
    assertThat(wave().isAll()).isFalse();
  }

  @Test
  void wavesGrowUntilNothingIsHeldAndThenItCloses() {
    open();
    report(0, 0, 0, 20);
    pass(Duration.ofSeconds(60));
    report(0, 2, 0, 17);
    assertThat(wave().number()).isEqualTo(1);

    report(0, 1, 0, 17);
    assertThat(wave().number()).isEqualTo(2);
    assertThat(wave().shares()).isEqualTo(Map.of(0, 6));
    pass(BreakerDecider.TICK);
    assertThat(wave().shares()).isEqualTo(Map.of(0, 11));
    assertThat(wave().isAll()).isTrue();
    pass(BreakerDecider.TICK);

    assertThat(state.phase()).isEqualTo(BreakerPhase.CLOSED);
    assertThat(state.opened()).isZero();
    assertThat(told()).containsExactly(BreakerEntry.Type.BREAKER_CLOSED);
    assertThat(state.next()).isNull();
  }

  @Test
  void aSmallWaveThatIsAllClosesItOnceItIsAnswered() {
    open();
    report(0, 0, 0, 1);
    pass(Duration.ofSeconds(60));
    pass(Duration.ofSeconds(30));
    assertThat(state.phase()).isEqualTo(BreakerPhase.HALF_OPEN);

    report(0, 1, 0, 0);

    assertThat(state.phase()).isEqualTo(BreakerPhase.CLOSED);
  }

  @Test
  void oneFaultOpensItAgainForTwiceAsLong() {
    open();
    report(0, 0, 0, 9);
    pass(Duration.ofSeconds(60));
    report(0, 2, 1, 6);

    assertThat(state.phase()).isEqualTo(BreakerPhase.OPEN);
    assertThat(state.until()).isEqualTo(now.plusSeconds(120));
    assertThat(state.wave()).isNull();
  }

  @Test
  void staysOpenForTenMinutesAtMost() {
    open();
    for (int i = 0; i < 40; i++) {
      report(0, 0, 0, 9);
      pass(Duration.between(now, Objects.requireNonNull(state.until())));
      report(0, 0, 1, 6);
    }

    assertThat(state.until()).isEqualTo(now.plus(Duration.ofMinutes(10)));
  }

  @Test
  void aFirstWaveWithoutAnyAnswerIsFollowedByAnother() {
    open();
    report(0, 0, 0, 9);
    pass(Duration.ofSeconds(60));

    pass(Duration.ofSeconds(60));

    assertThat(state.phase()).isEqualTo(BreakerPhase.HALF_OPEN);
    assertThat(wave().number()).isEqualTo(1);
    assertThat(wave().at()).isEqualTo(now);
  }

  @Test
  void aFirstWaveWithoutAnyAnswerIsFollowedByAnotherOnlyAfterTheTimeThatItWasOpen() {
    open();
    report(0, 0, 0, 9);
    pass(Duration.ofSeconds(60));
    report(0, 0, 1, 6);
    pass(Duration.ofMinutes(2));
    assertThat(state.phase()).isEqualTo(BreakerPhase.HALF_OPEN);
    Instant first = now;

    pass(Duration.ofSeconds(119));
    assertThat(wave().at()).isEqualTo(first);
    assertThat(state.next()).isEqualTo(first.plusSeconds(120));
    pass(Duration.ofSeconds(1));

    assertThat(wave().number()).isEqualTo(1);
    assertThat(wave().at()).isEqualTo(now);
  }

  @Test
  void whileHalfOpenOnlyAttemptsCountThatWereSentSince() {
    assertThat(state.counts(null)).isTrue();
    open();
    assertThat(state.counts(BEGIN)).isTrue();
    report(0, 0, 0, 9);
    pass(Duration.ofSeconds(60));

    assertThat(state.counts(null)).isFalse();
    assertThat(state.counts(BEGIN)).isFalse();
    assertThat(state.counts(now)).isTrue();
    assertThat(state.counts(now.minusSeconds(30))).as("by the clock of another").isTrue();
    assertThat(state.counts(now.minusSeconds(31))).isFalse();
  }

  @Test
  void waitsHalfOpenForTheFirstCommandThatIsHeld() {
    open();
    pass(Duration.ofSeconds(60));
    assertThat(state.wave()).isNull();
    assertThat(state.next()).isNull();

    report(7, 0, 0, 1);

    assertThat(wave().shares()).isEqualTo(Map.of(7, 1));
  }

  @Test
  void answersToEarlierCommandsChangeNothingWhileItIsOpen() {
    open();
    report(0, 3, 4, 0);

    assertThat(state.phase()).isEqualTo(BreakerPhase.OPEN);
    assertThat(entries).isEmpty();
  }

  @Test
  void anOperatorForcesItOpenUntilATime() {
    ask(new Request.ForceOpen(now.plus(Duration.ofDays(1))), "maintenance");
    assertThat(state.phase()).isEqualTo(BreakerPhase.FORCED_OPEN);
    assertThat(Objects.requireNonNull(state.forced()).reason()).isEqualTo("maintenance");
    report(0, 5, 0, 2);
    pass(Duration.ofHours(23));
    assertThat(state.phase()).isEqualTo(BreakerPhase.FORCED_OPEN);

    pass(Duration.ofHours(1));

    assertThat(state.phase()).isEqualTo(BreakerPhase.HALF_OPEN);
    assertThat(state.forced()).isNull();
    assertThat(wave().size()).isEqualTo(2);
  }

  @Test
  void refusesToBeForcedOpenWithoutAReasonOrForTooLong() {
    ask(new Request.ForceOpen(now.plusSeconds(60)), " ");
    assertThat(entries.get(0).reason()).startsWith("reason is missing");
    ask(new Request.ForceOpen(now), "maintenance");
    assertThat(entries.get(0).reason()).startsWith("until is past");
    ask(new Request.ForceOpen(now.plus(Duration.ofDays(8))), "maintenance");
    assertThat(entries.get(0).reason()).startsWith("until is more than 7 days away");

    assertThat(told()).containsExactly(BreakerEntry.Type.REQUEST_REFUSED);
    assertThat(state.phase()).isEqualTo(BreakerPhase.CLOSED);
  }

  @Test
  void aRequestIsCarriedOutOnce() {
    open();
    Asked reset = new Asked(now, "once", new Request.Reset(), null, "ann");
    decide(reset);
    assertThat(state.phase()).isEqualTo(BreakerPhase.CLOSED);
    report(0, 0, 5, 0);
    decide(reset);

    assertThat(state.phase()).isEqualTo(BreakerPhase.OPEN);
    assertThat(Objects.requireNonNull(state.outcomeOf("once")).refusal()).isNull();
  }

  @Test
  void aConfigHoldsFromNowOnAndIsRefusedWithEveryProblem() {
    ask(new Request.Configure(new BreakerConfig(1, Duration.ofSeconds(5), second(), 1)), null);
    report(0, 0, 1, 0);
    assertThat(state.until()).isEqualTo(now.plusSeconds(1));

    ask(new Request.Configure(new BreakerConfig(0, Duration.ZERO, second(), 0)), null);

    assertThat(entries.get(0).reason()).contains("faults must", "window must", "firstWave must");
    assertThat(state.config().faults()).isEqualTo(1);
  }

  @Test
  void aDeletedBreakerIsClosedUntilItCountsAgain() {
    open();
    ask(new Request.Delete(), null);

    assertThat(state.isDeleted()).isTrue();
    assertThat(state.phase()).isEqualTo(BreakerPhase.CLOSED);
    assertThat(told()).containsExactly(BreakerEntry.Type.BREAKER_DELETED);
  }

  private static Duration second() {
    return Duration.ofSeconds(1);
  }
}

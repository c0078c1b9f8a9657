package io.doundo.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Times are in milliseconds since the request to the fence; the clock's origin is arbitrary. */
class LeaseTermTest {

  private static final long ASKED = Long.MAX_VALUE - 5_000_000;

  private LeaseTerm term = new LeaseTerm(Duration.ofSeconds(30), Duration.ofSeconds(30));

  private static long at(long ms) {
    return ASKED + TimeUnit.MILLISECONDS.toNanos(ms);
  }

  private static long ms(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  private void granted(long leaseMs, long limitMs) {
    term = new LeaseTerm(Duration.ofMillis(leaseMs), Duration.ofMillis(limitMs));
    term.granted(ASKED);
  }

  @Test
  void aLeaseEndsWithTheTimeoutOfItsStep() {
    granted(30_000, 500);

    assertThat(term.lasts(at(499))).isTrue();
    assertThat(term.lasts(at(500))).isFalse();
    assertThat(ms(term.left(at(100)))).isEqualTo(400);
    assertThat(term.limitReached(at(499))).isFalse();
    assertThat(term.limitReached(at(500))).isTrue();
  }

  @Test
  void aShortLeaseEndsBeforeTheTimeout() {
    granted(400, 60_000);

    assertThat(term.lasts(at(399))).isTrue();
    assertThat(term.lasts(at(400))).isFalse();
    assertThat(term.limitReached(at(400))).isFalse();
  }

  @Test
  void aRenewalMovesTheEndButNotPastTheLimit() {
    granted(400, 600);

    term.renewed(at(100));
    assertThat(ms(term.left(at(100)))).isEqualTo(400);
    term.renewed(at(300));
    assertThat(ms(term.left(at(300)))).isEqualTo(300);
  }

  @Test
  void aRenewalThatIsAnsweredLateMovesNothingBack() {
    granted(400, 60_000);

    term.renewed(at(200));
    term.renewed(at(100));

    assertThat(ms(term.left(at(200)))).isEqualTo(400);
  }

  @Test
  void itIsRenewedAtAThirdOfWhatIsLeft() {
    granted(30_000, 300_000);
    assertThat(ms(term.untilRenewal(at(0)))).isEqualTo(10_000);

    granted(30_000, 600);
    assertThat(ms(term.untilRenewal(at(0)))).isEqualTo(200);
  }

  @Test
  void whileItCannotGrowItIsStillAskedForUndosButNotWithoutEnd() {
    granted(30_000, 2_000);

    List<Long> asked = new ArrayList<>();
    long now = at(0);
    while (!term.endsBeforeRenewal(now)) {
      now += term.untilRenewal(now);
      asked.add(ms(now - ASKED));
      term.renewed(now);
    }

    assertThat(asked).containsExactly(666L, 1_111L, 1_407L, 1_607L, 1_807L);
  }

  @Test
  void aLeaseThatEndedInAStandstillIsRenewedAtOnceWhileItsLimitAllows() {
    granted(400, 60_000);
    assertThat(term.endsBeforeRenewal(at(5_000))).isFalse();
    assertThat(term.untilRenewal(at(5_000))).isZero();

    granted(400, 1_000);
    term.renewed(at(900));
    assertThat(term.endsBeforeRenewal(at(5_000))).isTrue();
  }

  @Test
  void aFenceThatDoesNotAnswerIsRetriedUntilTheLimit() {
    granted(30_000, 60_000);
    assertThat(ms(term.untilRetry(at(0)))).isEqualTo(1_000);
    assertThat(ms(term.untilRetry(at(59_400)))).isEqualTo(600);
    assertThat(term.untilRetry(at(60_000))).isZero();

    granted(300, 60_000);
    assertThat(ms(term.untilRetry(at(0)))).isEqualTo(100);
  }
}

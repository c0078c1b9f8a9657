package io.doundo.orchestrator.core.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.RetryPolicy;
import io.doundo.orchestrator.definition.RetryPolicy.Strategy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackoffTest {

  private static final String MIDDLE = "00001388000000000000000000000000";

  private static RetryPolicy policy(Strategy strategy, double jitter) {
    return new RetryPolicy(
        10, strategy, Duration.ofMillis(500), Duration.ofSeconds(3), jitter, List.of(), List.of());
  }

  private static RetryPolicy matching(List<String> retryOn, List<String> abortOn) {
    return new RetryPolicy(3, Strategy.FIXED, Duration.ZERO, Duration.ZERO, 0, retryOn, abortOn);
  }

  @Test
  void delaysGrowByStrategyUpToTheBound() {
    RetryPolicy exponential = policy(Strategy.EXPONENTIAL, 0);
    assertThat(List.of(1, 2, 3, 4, 60, 2_000_000_000))
        .extracting(failed -> Backoff.delayMs(exponential, failed, MIDDLE))
        .containsExactly(500L, 1_000L, 2_000L, 3_000L, 3_000L, 3_000L);
    assertThat(List.of(1, 2, 6, 7))
        .extracting(failed -> Backoff.delayMs(policy(Strategy.LINEAR, 0), failed, MIDDLE))
        .containsExactly(500L, 1_000L, 3_000L, 3_000L);
    assertThat(Backoff.delayMs(policy(Strategy.FIXED, 0), 9, MIDDLE)).isEqualTo(500);
    assertThat(Backoff.delayMs(policy(Strategy.NONE, 0), 9, MIDDLE)).isZero();
  }

  private static RetryPolicy growing(double factor, Duration delay, Duration maxDelay) {
    return new RetryPolicy(
        10, Strategy.EXPONENTIAL, delay, factor, maxDelay, 0, List.of(), List.of());
  }

  @Test
  void anExponentialDelayGrowsByItsFactorAndNeverOverflows() {
    RetryPolicy byHalf = growing(1.5, Duration.ofMillis(100), Duration.ofHours(1));
    assertThat(List.of(1, 2, 3, 4, 2_000_000_000))
        .extracting(failed -> Backoff.delayMs(byHalf, failed, MIDDLE))
        .containsExactly(100L, 150L, 225L, 337L, 3_600_000L);
    RetryPolicy steady = growing(1, Duration.ofMillis(100), Duration.ofHours(1));
    assertThat(Backoff.delayMs(steady, 2_000_000_000, MIDDLE)).isEqualTo(100);
    RetryPolicy steep = growing(100, Duration.ofDays(365), Duration.ofDays(365));
    assertThat(Backoff.delayMs(steep, 2_000_000_000, MIDDLE))
        .isEqualTo(Duration.ofDays(365).toMillis());
  }

  /** Regression: after 40 attempts the delay once became the bound. */
  @Test
  void noDelayStaysNone() {
    RetryPolicy atOnce = growing(2, Duration.ZERO, Duration.ofSeconds(30));
    assertThat(List.of(1, 40, 41, 2_000_000_000))
        .extracting(failed -> Backoff.delayMs(atOnce, failed, MIDDLE))
        .containsOnly(0L);
  }

  @Test
  void jitterSpreadsToBothSidesAndIsDrawnFromTheId() {
    RetryPolicy policy = policy(Strategy.FIXED, 0.2);
    assertThat(Backoff.delayMs(policy, 1, "00000000" + MIDDLE.substring(8))).isEqualTo(400);
    assertThat(Backoff.delayMs(policy, 1, MIDDLE)).isEqualTo(500);
    assertThat(Backoff.delayMs(policy, 1, "00002710" + MIDDLE.substring(8))).isEqualTo(600);
  }

  @Test
  void theDefaultOfAnUndoLastsADay() {
    RetryPolicy policy = RetryPolicy.DEFAULT_PERSISTENT;
    RetryPolicy still =
        new RetryPolicy(
            policy.maxAttempts(),
            policy.strategy(),
            policy.delay(),
            policy.maxDelay(),
            0,
            List.of(),
            List.of());
    long all = 0;
    for (int failed = 1; failed < still.maxAttempts(); failed++) {
      all += Backoff.delayMs(still, failed, MIDDLE);
    }
    assertThat(Duration.ofMillis(all)).isBetween(Duration.ofHours(24), Duration.ofMinutes(1441));
  }

  @Test
  void errorPatternsDecideAndAbortWins() {
    assertThat(matching(List.of(), List.of()).retries(null)).isTrue();
    assertThat(matching(List.of("timeout"), List.of()).retries("Read TIMEOUT")).isTrue();
    assertThat(matching(List.of("timeout"), List.of()).retries("refused")).isFalse();
    assertThat(matching(List.of("card"), List.of("card.*stolen")).retries("card is stolen"))
        .isFalse();
  }

  @Test
  void aPatternThatBacktracksWithoutEndDoesNotMatch() {
    RetryPolicy policy = matching(List.of("(a+)+$"), List.of());
    assertThat(policy.retries("a".repeat(900) + "!")).isFalse();
  }

  @Test
  void aPatternThatRecursesTooDeeplyDoesNotMatch() {
    RetryPolicy policy = matching(List.of("((((((.|x)))))){1,1000}z"), List.of());
    assertThat(policy.retries("a".repeat(960))).isFalse();
  }
}

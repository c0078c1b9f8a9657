package io.doundo.orchestrator.api.v1;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.breaker.BreakerConfig;
import io.doundo.orchestrator.breaker.BreakerPhase;
import io.doundo.orchestrator.breaker.BreakerState;
import io.doundo.orchestrator.breaker.BreakerWave;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A breaker in the words of the framework. */
class CircuitBreakerTest {

  private static final Instant NOON = Instant.parse("2026-11-29T12:00:00Z");

  private static BreakerState state(BreakerPhase phase) {
    return new BreakerState(
        "crm",
        new BreakerConfig(10, Duration.ofSeconds(30), Duration.ofMinutes(2), 4),
        phase,
        NOON,
        null,
        phase == BreakerPhase.CLOSED ? null : NOON,
        0,
        List.of(new BreakerState.Faults(NOON, 2), new BreakerState.Faults(NOON.plusSeconds(1), 1)),
        phase == BreakerPhase.HALF_OPEN
            ? new BreakerWave(1, NOON, Map.of(0, 2, 3, 1), 0, false)
            : null,
        null,
        Map.of(),
        List.of(),
        List.of(),
        false,
        3);
  }

  @ParameterizedTest
  @CsvSource({"CLOSED, CLOSED", "OPEN, OPEN", "FORCED_OPEN, OPEN", "HALF_OPEN, HALF_OPEN"})
  void aStateHasAWordOfTheFramework(BreakerPhase phase, CircuitBreaker.State word) {
    assertThat(CircuitBreaker.of(state(phase)).state()).isEqualTo(word);
  }

  @Test
  void itsFiguresAreThoseOfTheFramework() {
    assertThat(CircuitBreaker.of(state(BreakerPhase.HALF_OPEN)))
        .isEqualTo(
            new CircuitBreaker(
                "crm", CircuitBreaker.State.HALF_OPEN, 3, NOON.plusSeconds(1), 10, 120_000, 4, 3));
    assertThat(CircuitBreaker.of(BreakerState.unknown("crm")).lastFailureTime()).isNull();
  }
}

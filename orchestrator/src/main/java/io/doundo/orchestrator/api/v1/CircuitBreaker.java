package io.doundo.orchestrator.api.v1;

import io.doundo.orchestrator.breaker.BreakerConfig;
import io.doundo.orchestrator.breaker.BreakerState;
import io.doundo.orchestrator.breaker.BreakerWave;
import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A breaker in the framework's shape. When the last success was is not known, so {@code
 * lastSuccessTime} is never there.
 *
 * @param failureCount the faults since the last success; 0 unless it is closed
 * @param lastFailureTime of those faults the last; null when there is none
 * @param threshold after so many faults it opens
 * @param timeout how long it stays open at first, in ms
 * @param halfOpenMaxCalls how many held commands it lets through first
 * @param halfOpenCalls how many of them it has let through last
 */
record CircuitBreaker(
    String serviceId,
    State state,
    int failureCount,
    @Nullable Instant lastFailureTime,
    int threshold,
    long timeout,
    int halfOpenMaxCalls,
    int halfOpenCalls) {

  /** The states of the framework; one that is forced open is open. */
  enum State {
    CLOSED,
    OPEN,
    HALF_OPEN
  }

  static CircuitBreaker of(BreakerState state) {
    BreakerConfig config = state.config();
    BreakerWave wave = state.wave();
    return new CircuitBreaker(
        state.name(),
        switch (state.phase()) {
          case CLOSED -> State.CLOSED;
          case OPEN, FORCED_OPEN -> State.OPEN;
          case HALF_OPEN -> State.HALF_OPEN;
        },
        state.faults().stream().mapToInt(BreakerState.Faults::count).sum(),
        state.faults().stream()
            .map(BreakerState.Faults::at)
            .max(Comparator.naturalOrder())
            .orElse(null),
        config.faults(),
        config.openFor().toMillis(),
        config.firstWave(),
        wave == null ? 0 : wave.size());
  }
}

package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.query.ReadsUnavailableException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Lets only so many forecasts be computed at once, as each plays a flow on the processor that the
 * flows themselves need. The others wait a moment, and are then refused. Thread-safe.
 */
final class ForecastTurns {

  private final int most;
  private final Duration patience;
  private final Semaphore turns;

  /**
   * @param most how many at once
   * @param patience how long another one waits for its turn
   */
  ForecastTurns(int most, Duration patience) {
    this.most = most;
    this.patience = patience;
    this.turns = new Semaphore(most, true);
  }

  /**
   * Computes a forecast when it is its turn.
   *
   * @throws ReadsUnavailableException when its turn does not come
   */
  <T> T take(Supplier<T> forecast) {
    if (!isMine()) {
      throw new ReadsUnavailableException(
          "%d forecasts of flows are being computed already, as many as this instance computes at once; ask again in a moment."
              .formatted(most));
    }
    try {
      return forecast.get();
    } finally {
      turns.release();
    }
  }

  private boolean isMine() {
    try {
      return turns.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}

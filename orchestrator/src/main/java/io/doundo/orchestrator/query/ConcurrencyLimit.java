package io.doundo.orchestrator.query;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Lets only so many reads of one kind run at once, because they share the processor and the memory
 * with the flows themselves. The others wait for a moment and are then refused. Thread-safe.
 */
public final class ConcurrencyLimit {

  private final Duration patience;
  private final String refusal;
  private final Semaphore permits;

  /**
   * @param most how many at once
   * @param patience how long another one waits
   * @param refusal what the caller is told after that, for a person
   */
  public ConcurrencyLimit(int most, Duration patience, String refusal) {
    this.patience = patience;
    this.refusal = refusal;
    this.permits = new Semaphore(most, true);
  }

  /**
   * Reads when not too many others do.
   *
   * @throws ReadsUnavailableException when the others take too long
   */
  public <T> T run(Supplier<T> read) {
    if (!acquire()) {
      throw new ReadsUnavailableException(refusal);
    }
    try {
      return read.get();
    } finally {
      permits.release();
    }
  }

  private boolean acquire() {
    try {
      return permits.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}

package io.doundo.orchestrator.query;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Reads again until the value is as it should be, or its time is over. However long one read takes,
 * none begins later than that, so a caller's thread is held for the limit and one read at most.
 */
public final class RepeatedRead {

  /** A pause before the next read; false ends the reading. */
  @FunctionalInterface
  public interface Pause {
    boolean pause();
  }

  private final Duration limit;
  private final LongSupplier nanoTime;
  private final Pause pause;

  RepeatedRead(Duration limit, LongSupplier nanoTime, Pause pause) {
    this.limit = limit;
    this.nanoTime = nanoTime;
    this.pause = pause;
  }

  /**
   * Reads by the clock of this machine.
   *
   * @param limit no read begins later, except the first
   * @param pauseMs between two reads
   */
  public static RepeatedRead within(Duration limit, long pauseMs) {
    return new RepeatedRead(limit, System::nanoTime, () -> sleep(pauseMs));
  }

  /** The value as it was last read, which is not as it should be when the time was over. */
  public <T> Optional<T> until(Supplier<Optional<T>> read, Predicate<Optional<T>> enough) {
    long begin = nanoTime.getAsLong();
    Optional<T> value = read.get();
    while (!enough.test(value) && nanoTime.getAsLong() - begin < limit.toNanos() && pause.pause()) {
      value = read.get();
    }
    return value;
  }

  private static boolean sleep(long ms) {
    try {
      Thread.sleep(ms);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}

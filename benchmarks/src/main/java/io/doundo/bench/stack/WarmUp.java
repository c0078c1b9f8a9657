package io.doundo.bench.stack;

import io.doundo.bench.flow.RefusedRunException;
import java.io.IOException;
import java.time.Duration;

/**
 * How long something is warmed up: at least for a while, and then until it is steady or the limit
 * is reached. Without a least time nothing is waited for.
 */
public record WarmUp(Duration least, Duration most) {

  /** A part of a warm-up. */
  @FunctionalInterface
  public interface WarmUpWindow {

    /** Runs it; returns the CPU time of a flow. */
    double run() throws IOException, InterruptedException, RefusedRunException;
  }

  /**
   * Runs flows for the time of the warm-up, and then until a flow costs the same in its windows in
   * a row, or until that has been waited for long enough.
   */
  public SteadyState run(WarmUpWindow window)
      throws IOException, InterruptedException, RefusedRunException {
    SteadyState steadiness = new SteadyState();
    WarmUpClock clock = start();
    do {
      steadiness.add(window.run());
    } while (!clock.isOver(steadiness.isSteady()));
    return steadiness;
  }

  public WarmUpClock start() {
    return new WarmUpClock(System.nanoTime());
  }

  /** One warm-up that has begun. */
  public final class WarmUpClock {

    private final long begun;

    private WarmUpClock(long begun) {
      this.begun = begun;
    }

    public boolean isOver(boolean steady) {
      return WarmUp.this.isOver(Duration.ofNanos(System.nanoTime() - begun), steady);
    }
  }

  public boolean isOver(Duration passed, boolean steady) {
    if (least.isZero()) {
      return true;
    }
    return passed.compareTo(least) >= 0 && (steady || passed.compareTo(most) >= 0);
  }
}

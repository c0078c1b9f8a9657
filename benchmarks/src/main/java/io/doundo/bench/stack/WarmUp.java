package io.doundo.bench.stack;

import java.time.Duration;

/**
 * How long something is warmed up: at least for a while, and then until it is steady or the limit
 * is reached. Without a least time nothing is waited for.
 */
public record WarmUp(Duration least, Duration most) {

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

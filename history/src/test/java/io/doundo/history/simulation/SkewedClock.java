package io.doundo.history.simulation;

/**
 * The clock of one machine. It runs at the speed of true time but jumps: forward and back, by
 * milliseconds and by seconds.
 */
public final class SkewedClock {

  private static final Integer[] WIDEST = {50, 1_500, 10_000};

  private final Scene scene;
  private long ahead;

  public SkewedClock(Scene scene) {
    this.scene = scene;
  }

  /** The time that this clock shows, ms since the epoch. */
  public long now() {
    return scene.now() + ahead;
  }

  /** The true time at which this clock shows the given time, unless it jumps before then. */
  public long trueTime(long shown) {
    return shown - ahead;
  }

  /**
   * Jumps, with the likelihood that the weather gives.
   *
   * @param often how much likelier than usual a jump is
   * @return the length of the jump in ms; 0 if it does not jump
   */
  public long mayJump(int often) {
    Dice dice = scene.beside();
    if (!dice.fault(Math.min(900, scene.weather().clock() * often))) {
      return 0;
    }
    int widest = dice.pick(WIDEST);
    long jump = dice.between(-widest, widest);
    ahead += jump;
    return jump;
  }
}

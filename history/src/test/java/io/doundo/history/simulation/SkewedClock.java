package io.doundo.history.simulation;

/**
 * The clock of one machine. It goes as fast as the true time, but jumps: forth, back, by
 * milliseconds and by seconds.
 */
public final class SkewedClock {

  private static final Integer[] WIDEST = {50, 1_500, 10_000};

  private final Scene scene;
  private long ahead;

  public SkewedClock(Scene scene) {
    this.scene = scene;
  }

  /** What this clock shows, ms since the epoch. */
  public long now() {
    return scene.now() + ahead;
  }

  /** The true time at which this clock shows that time, unless it jumps meanwhile. */
  public long trueTime(long shown) {
    return shown - ahead;
  }

  /**
   * Jumps, if the weather is so.
   *
   * @param often how much likelier than usual a jump is
   * @return by how much, in ms; 0 when it does not jump
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

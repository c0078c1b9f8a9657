package io.doundo.history.simulation.worker;

import io.doundo.history.simulation.Coverage;
import io.doundo.history.simulation.Dice;
import io.doundo.history.simulation.Happening;
import org.jspecify.annotations.Nullable;

/**
 * The finer answers of the workers of one run: that nothing was left to do, and when to retry.
 * Drawn from a separate stream, so that a run without them stays as it is.
 */
public final class FinerAnswers {

  private final @Nullable Dice dice;
  private final Coverage coverage;

  private FinerAnswers(@Nullable Dice dice, Coverage coverage) {
    this.dice = dice;
    this.coverage = coverage;
  }

  /** Workers that give no such answers. */
  public static FinerAnswers none() {
    return new FinerAnswers(null, Coverage.NONE);
  }

  public static FinerAnswers drawn(Dice dice, Coverage coverage) {
    return new FinerAnswers(dice, coverage);
  }

  /** Whether a DO that could succeed finds that nothing is left to do. */
  boolean findsUnchanged() {
    boolean unchanged = dice != null && dice.chance(300);
    if (unchanged) {
      coverage.count(Happening.FOUND_UNCHANGED);
    }
    return unchanged;
  }

  /** The pause that a worker requests after a failure, in ms, or 0. */
  long pause() {
    if (dice == null || !dice.chance(400)) {
      return 0;
    }
    coverage.count(Happening.PAUSE_ASKED_FOR);
    return dice.between(1, 2_000);
  }
}

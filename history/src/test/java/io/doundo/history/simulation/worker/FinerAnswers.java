package io.doundo.history.simulation.worker;

import io.doundo.history.simulation.Coverage;
import io.doundo.history.simulation.Dice;
import io.doundo.history.simulation.Happening;
import org.jspecify.annotations.Nullable;

/**
 * What the workers of one run say beside success and failure: that nothing was left to do, and when
 * to ask again. Drawn from a stream of its own, so that a run without it stays as it is.
 */
public final class FinerAnswers {

  private final @Nullable Dice dice;
  private final Coverage coverage;

  private FinerAnswers(@Nullable Dice dice, Coverage coverage) {
    this.dice = dice;
    this.coverage = coverage;
  }

  /** Workers that say nothing of the kind. */
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

  /** For how long no further attempt is to be sent after a failure, in ms; or 0. */
  long pause() {
    if (dice == null || !dice.chance(400)) {
      return 0;
    }
    coverage.count(Happening.PAUSE_ASKED_FOR);
    return dice.between(1, 2_000);
  }
}

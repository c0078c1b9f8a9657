package io.doundo.history.simulation;

import java.util.BitSet;
import java.util.List;

/**
 * All randomness of one run, drawn from its seed (SplitMix64). Faults are numbered in the order in
 * which they are drawn, so that a shrunk run can leave some out; once the weather is calm, none is
 * drawn.
 */
public final class Dice {

  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  /** The faults of a run, whichever stream draws them. */
  private static final class Faults {
    final BitSet without;
    int count;
    boolean calm;

    Faults(BitSet without) {
      this.without = without;
    }
  }

  private final Faults faults;
  private long state;

  /**
   * @param without the numbers of the faults to leave out
   */
  public Dice(long seed, BitSet without) {
    this((seed + 1) * 0xD1342543DE82EF95L, new Faults(without));
  }

  private Dice(long state, Faults faults) {
    this.state = state;
    this.faults = faults;
  }

  /** A separate stream within the same run: drawing from it changes nothing in this one. */
  public Dice beside() {
    return new Dice(state ^ GAMMA, faults);
  }

  private long next() {
    state += GAMMA;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** A number from 0 (inclusive) to the bound (exclusive). */
  public int below(int bound) {
    return (int) (((next() >>> 33) * bound) >>> 31);
  }

  /** A number between the two, both included. */
  public int between(int low, int high) {
    return low + below(high - low + 1);
  }

  public boolean chance(int perMille) {
    return below(1_000) < perMille;
  }

  /** Whether a fault of this likelihood happens now. */
  public boolean fault(int perMille) {
    if (faults.calm || perMille == 0 || !chance(perMille)) {
      return false;
    }
    return !faults.without.get(faults.count++);
  }

  /** Stops drawing faults. */
  public void calm() {
    faults.calm = true;
  }

  /** The number of faults drawn so far. */
  public int faults() {
    return faults.count;
  }

  public <T> T pick(List<T> choices) {
    return choices.get(below(choices.size()));
  }

  public <T> T pick(T[] choices) {
    return choices[below(choices.length)];
  }
}

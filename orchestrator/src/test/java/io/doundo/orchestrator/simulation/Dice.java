package io.doundo.orchestrator.simulation;

import java.util.BitSet;

/**
 * All chance of one run, drawn from its seed (SplitMix64). Faults are numbered as they come up, so
 * that a shrunk run can leave some out; none comes up any more once the weather is calm.
 */
final class Dice {

  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private final BitSet without;
  private long state;
  private int faults;
  private boolean calm;

  /**
   * @param without the numbers of the faults to leave out
   */
  Dice(long seed, BitSet without) {
    this.without = without;
    this.state = (seed + 1) * 0xD1342543DE82EF95L;
  }

  private long next() {
    state += GAMMA;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** A number from 0 to below the bound. */
  int below(int bound) {
    return (int) (((next() >>> 33) * bound) >>> 31);
  }

  /** A number between the two, both included. */
  int between(int low, int high) {
    return low + below(high - low + 1);
  }

  boolean chance(int perMille) {
    return below(1_000) < perMille;
  }

  /** Whether a fault of this likelihood happens now. */
  boolean fault(int perMille) {
    if (calm || perMille == 0 || !chance(perMille)) {
      return false;
    }
    return !without.get(faults++);
  }

  /** From now on there are no new faults. */
  void calm() {
    calm = true;
  }

  /** How many faults have come up. */
  int faults() {
    return faults;
  }

  <T> T pick(T[] choices) {
    return choices[below(choices.length)];
  }
}

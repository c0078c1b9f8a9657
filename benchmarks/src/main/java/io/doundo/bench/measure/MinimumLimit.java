package io.doundo.bench.measure;

/**
 * How fast the limit must be on this machine for a run to be worth reporting: a slow yardstick
 * flatters everything measured with it. The one place of these figures.
 */
public final class MinimumLimit {

  /** Flows a second of three sequential steps that a plain relay reached on two cores. */
  static final double REFERENCE = 33_900;

  /** Below this part of the reference, something else is at work on the machine. */
  static final double LEAST_PART = 0.5;

  /** The reference is for two cores; the relay and its worker are one thread each. */
  private static final int REFERENCE_CORES = 2;

  private MinimumLimit() {}

  /** The least flows a second of the limit, three sequential steps of 300 bytes. */
  public static double least(int cores) {
    return REFERENCE * LEAST_PART * Math.min(cores, REFERENCE_CORES) / REFERENCE_CORES;
  }
}

package io.doundo.orchestrator.streams;

/**
 * Which flows are traced from their start: all of a flow or nothing, decided by its incarnation
 * alone, so that every instance decides alike. Immutable.
 *
 * @param ratio 0 to 1
 */
public record TraceSampling(double ratio) {

  private static final int DIGITS = 8;
  private static final double PREFIXES = 1L << (4 * DIGITS);

  /** Every flow. */
  public static final TraceSampling ALL = new TraceSampling(1);

  public TraceSampling {
    if (!(ratio >= 0 && ratio <= 1)) {
      throw new IllegalArgumentException("a ratio is between 0 and 1, not " + ratio);
    }
  }

  /** Whether the flow is traced, whatever happens to it. */
  public boolean isSampled(String incarnation) {
    return Long.parseLong(incarnation.substring(0, DIGITS), 16) < ratio * PREFIXES;
  }
}

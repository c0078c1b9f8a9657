package io.doundo.orchestrator.definition;

/**
 * How many parts of a step may fail without failing it.
 *
 * @param value a number of parts, or a percentage of them
 * @param percent whether it is a percentage
 */
public record Tolerance(int value, boolean percent) {

  private static final int ALL = 100;

  /** No part may fail. */
  public static final Tolerance NONE = new Tolerance(0, false);

  /** Whether a step with this number of parts fails when so many of them have failed. */
  public boolean isExceeded(int failed, int total) {
    return percent ? (long) failed * ALL > (long) total * value : failed > value;
  }
}

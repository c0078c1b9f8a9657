package io.doundo.orchestrator.expression.value;

/**
 * What the evaluation of one template or condition may still cost, counted in bytes that are
 * touched and not in time, because a clock would not be deterministic. Every cost is charged before
 * the work that causes it is done. Not thread-safe.
 */
public final class Budget {

  /** Bytes that one evaluation may touch. */
  public static final long LIMIT = 10_000_000;

  /** What a node of the program costs by itself. */
  public static final int NODE = 32;

  /** How often all loops of one expression may go round together. */
  public static final int MAX_ITERATIONS = 10_000;

  /** The largest text, list, map or JSON that an expression may make, in bytes. */
  public static final int MAX_VALUE = 1_000_000;

  private long left = LIMIT;

  /** What is left of the limit; negative once it is exceeded. */
  public long left() {
    return left;
  }

  /**
   * Takes a cost off.
   *
   * @throws OverBudgetException when more was used than an evaluation may use
   */
  public void charge(long cost) {
    left -= cost;
    if (left < 0) {
      throw new OverBudgetException(
          "the expression takes too much work: it touches more than " + LIMIT + " bytes");
    }
  }

  /** Charges a value that is about to be read as a whole. */
  public void chargeValue(Object value) {
    charge(Values.weight(value, left));
  }

  /** Refuses a text, list or map that would be larger than an expression may make. */
  public static void requireSize(long size) {
    if (size > MAX_VALUE) {
      throw new OverBudgetException(
          "the value is too large: " + size + " bytes, and at most " + MAX_VALUE + " are allowed");
    }
  }
}

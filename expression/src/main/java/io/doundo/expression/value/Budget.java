package io.doundo.expression.value;

/**
 * The remaining budget of the evaluation of one template or condition, counted in bytes touched and
 * not in time, because a clock would not be deterministic. Every cost is charged before the work
 * that causes it is done. Not thread-safe.
 */
public final class Budget {

  /** Bytes that one evaluation may touch. */
  public static final long LIMIT = 10_000_000;

  /** The fixed cost of a node of the program. */
  public static final int NODE = 32;

  /** The maximum number of rounds of all loops of one expression together. */
  public static final int MAX_ITERATIONS = 10_000;

  /** The largest text, list, map or JSON that an expression may build, in bytes. */
  public static final int MAX_VALUE = 1_000_000;

  private long left = LIMIT;

  /** The remaining budget; negative once it is exceeded. */
  public long left() {
    return left;
  }

  /**
   * Charges a cost.
   *
   * @throws OverBudgetException when the evaluation has exceeded its budget
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

  /** Refuses a text, list or map that would be larger than an expression may build. */
  public static void requireSize(long size) {
    if (size > MAX_VALUE) {
      throw new OverBudgetException(
          "the value is too large: " + size + " bytes, and at most " + MAX_VALUE + " are allowed");
    }
  }
}

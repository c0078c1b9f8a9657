package io.doundo.expression;

import io.doundo.expression.value.Budget;
import io.doundo.expression.value.NoValueException;
import io.doundo.expression.value.OverBudgetException;

/**
 * One evaluation of one program: the values it reads, the variables of its loops, and the remaining
 * budget. Used once. Not thread-safe.
 */
final class ProgramRun {

  private final Bindings bindings;
  private final Budget budget;
  private final Object[] locals;
  private int iterations;

  ProgramRun(Bindings bindings, Budget budget, int locals) {
    this.bindings = bindings;
    this.budget = budget;
    this.locals = new Object[locals];
  }

  Budget budget() {
    return budget;
  }

  /** Counts one round of a loop. */
  void iterate() {
    iterations++;
    if (iterations > Budget.MAX_ITERATIONS) {
      throw new OverBudgetException(
          "the expression takes too much work: its loops go round more than "
              + Budget.MAX_ITERATIONS
              + " times");
    }
  }

  Object variable(String name) {
    return bindings.parsed(name);
  }

  /** The variable of a loop; an error with which a round ended is thrown. */
  Object local(int slot) {
    Object value = locals[slot];
    if (value instanceof NoValueException error) {
      throw error;
    }
    return value;
  }

  /** Sets the variable of a loop, or the error in its place. */
  void setLocal(int slot, Object value) {
    locals[slot] = value;
  }
}

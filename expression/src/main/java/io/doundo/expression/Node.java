package io.doundo.expression;

import io.doundo.expression.value.NoValueException;
import io.doundo.expression.value.OverBudgetException;

/** A part of a program, with a value in each evaluation. Immutable and thread-safe. */
@FunctionalInterface
interface Node {

  /**
   * Its value in this evaluation.
   *
   * @throws NoValueException when a value is missing or does not fit
   * @throws OverBudgetException when the evaluation needs too much work
   */
  Object value(ProgramRun run);
}

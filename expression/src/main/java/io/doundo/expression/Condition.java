package io.doundo.expression;

import io.doundo.expression.value.Budget;

/** An expression that is true or false. Immutable and thread-safe. */
public final class Condition {

  private final String place;
  private final Source source;

  Condition(String place, Source source) {
    this.place = place;
    this.source = source;
  }

  /** The values to be bound. */
  public Reads reads() {
    return source.reads();
  }

  /**
   * Whether it is true for one flow.
   *
   * @throws EvaluationException when a value is missing or does not fit, or the result is neither
   *     true nor false
   */
  public boolean evaluate(Bindings bindings) throws EvaluationException {
    return source.truth(bindings, new Budget(), place);
  }
}

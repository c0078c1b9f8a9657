package io.doundo.expression.value;

/**
 * An evaluation was stopped because it exceeds its budget. Unlike {@link NoValueException}, it ends
 * the evaluation whatever surrounds it: {@code bomb || true} has no value.
 */
public final class OverBudgetException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public OverBudgetException(String reason) {
    super(reason, null, false, false);
  }
}

package io.doundo.orchestrator.expression.value;

/**
 * An evaluation was stopped because it takes too much. Unlike {@link NoValueException}, it ends the
 * evaluation whatever stands around it: {@code bomb || true} has no value.
 */
public final class OverBudgetException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public OverBudgetException(String reason) {
    super(reason, null, false, false);
  }
}

package io.doundo.expression.value;

/**
 * Why a part of an expression has no value; {@link Program} adds the place. {@code &&} and {@code
 * ||} go on without it when their other side decides.
 */
public final class NoValueException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public NoValueException(String reason) {
    super(reason, null, false, false);
  }
}

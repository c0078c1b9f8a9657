package io.doundo.expression;

/**
 * An expression has no value for these inputs. The message begins with the place of the expression
 * in its document, such as {@code body.name}, and names what was missing or did not fit.
 */
public final class EvaluationException extends Exception {

  private static final long serialVersionUID = 1L;

  /**
   * An expression has no value, or one that cannot be used.
   *
   * @param place such as {@code http.url}, or empty
   */
  public EvaluationException(String place, String reason) {
    super(place.isEmpty() ? reason : place + ": " + reason);
  }

  /** The same error with its place prefixed by an outer one, such as {@code step book}. */
  public EvaluationException in(String whole) {
    return new EvaluationException(whole, String.valueOf(getMessage()));
  }
}

package io.doundo.expression;

/** Valid in CEL but not in the dialect; found at registration. */
final class UnsupportedExpressionException extends Exception {

  private static final long serialVersionUID = 1L;

  UnsupportedExpressionException(String what) {
    super("not supported: " + what);
  }
}

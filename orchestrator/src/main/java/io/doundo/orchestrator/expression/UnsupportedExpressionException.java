package io.doundo.orchestrator.expression;

/** CEL can say it, and the dialect cannot: found at registration. */
final class UnsupportedExpressionException extends Exception {

  private static final long serialVersionUID = 1L;

  UnsupportedExpressionException(String what) {
    super("not supported: " + what);
  }
}

package io.doundo.orchestrator.play;

/** An expression depends on a value that is not known, or that cannot be read right now. */
public final class UnknownValueException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnknownValueException(String value) {
    super(value);
  }
}

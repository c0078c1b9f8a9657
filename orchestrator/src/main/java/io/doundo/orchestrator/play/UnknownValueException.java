package io.doundo.orchestrator.play;

/** An expression depends on a value that is unknown, or currently cannot be read. */
public final class UnknownValueException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnknownValueException(String value) {
    super(value);
  }
}

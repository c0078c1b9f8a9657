package io.doundo.orchestrator.streams.state;

/** A stored value is not what this version writes: it is damaged, or a newer version wrote it. */
public class UnreadableValueException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public UnreadableValueException(String message) {
    super(message);
  }
}

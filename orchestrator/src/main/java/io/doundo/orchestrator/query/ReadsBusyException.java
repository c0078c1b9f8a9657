package io.doundo.orchestrator.query;

/** A read could not begin: too many others are under way, or the service stops. */
public final class ReadsBusyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ReadsBusyException(String message) {
    super(message);
  }
}

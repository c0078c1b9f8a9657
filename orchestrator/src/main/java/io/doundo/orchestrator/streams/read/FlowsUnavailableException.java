package io.doundo.orchestrator.streams.read;

/** The stores currently cannot be read: they are moving, restoring, or kept by another instance. */
public final class FlowsUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public FlowsUnavailableException(String message) {
    super(message);
  }

  public FlowsUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}

package io.doundo.orchestrator.streams.read;

/** The stores cannot be read right now: they are moving, restoring, or kept by another instance. */
public final class FlowsUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public FlowsUnavailableException(String message) {
    super(message);
  }

  public FlowsUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}

package io.doundo.orchestrator.query;

/**
 * A read currently cannot be answered: the stores are moving, restoring or kept by another
 * instance, too many reads are under way, or the service stops. Its message is for a person.
 */
public final class ReadsUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ReadsUnavailableException(String message) {
    super(message);
  }

  public ReadsUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}

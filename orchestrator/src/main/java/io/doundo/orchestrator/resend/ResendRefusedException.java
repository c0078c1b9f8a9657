package io.doundo.orchestrator.resend;

/**
 * A dead letter must not be sent again in this way. Its message says why, to the person who asks.
 */
public final class ResendRefusedException extends Exception {

  private static final long serialVersionUID = 1L;

  ResendRefusedException(String message) {
    super(message);
  }

  /** The message, which is never null. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}

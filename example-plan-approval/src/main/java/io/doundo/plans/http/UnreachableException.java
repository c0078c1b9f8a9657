package io.doundo.plans.http;

import org.jspecify.annotations.Nullable;

/** A service did not answer, or answered that it cannot serve now. */
public final class UnreachableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean sent;

  /**
   * Says what is known.
   *
   * @param sent whether the request may have reached the service, and may have had its effect
   */
  public UnreachableException(String message, boolean sent, @Nullable Throwable cause) {
    super(message, cause);
    this.sent = sent;
  }

  /** Whether the request may have had its effect all the same. */
  public boolean mayHaveHadEffect() {
    return sent;
  }
}

package io.doundo.orchestrator.registration;

import org.jspecify.annotations.Nullable;

/** The orchestrator's topics are not as they must be; its message says which and why. */
public final class ProvisioningException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ProvisioningException(String message) {
    super(message);
  }

  public ProvisioningException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

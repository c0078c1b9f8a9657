package io.doundo.worker.fence;

import org.jspecify.annotations.Nullable;

/**
 * The fence could not be asked, or its reply was lost: nothing may run, and whether the transition
 * was made is not known. Asking again, with the same claim or token, is always right.
 */
public class FenceUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public FenceUnavailableException(String reason, @Nullable Throwable cause) {
    super(reason, cause);
  }
}

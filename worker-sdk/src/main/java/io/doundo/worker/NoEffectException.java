package io.doundo.worker;

import org.jspecify.annotations.Nullable;

/**
 * Nothing happened this time, certainly; trying again may help. The step is retried, and when its
 * attempts are used up it is not undone, unless another attempt was in doubt.
 */
public class NoEffectException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public NoEffectException(String reason) {
    super(reason);
  }

  public NoEffectException(String reason, @Nullable Throwable cause) {
    super(reason, cause);
  }
}

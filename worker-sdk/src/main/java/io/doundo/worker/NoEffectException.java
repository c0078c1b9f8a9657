package io.doundo.worker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Nothing happened this time, certainly; trying again may help. The step is retried, and when its
 * attempts are used up it is not undone, unless another attempt was in doubt.
 */
public class NoEffectException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private @Nullable Duration retryAfter;

  public NoEffectException(String reason) {
    super(reason);
  }

  public NoEffectException(String reason, @Nullable Throwable cause) {
    super(reason, cause);
  }

  /**
   * Requests a pause, for example the time that a busy service has named. The next attempt is sent
   * no earlier than that, and no earlier than the step's retry policy allows. More than an hour
   * counts as an hour.
   *
   * @return this exception, to be thrown
   */
  public NoEffectException retryAfter(Duration pause) {
    if (pause.isNegative()) {
      throw new IllegalArgumentException("the next attempt cannot be due " + pause + " from now");
    }
    retryAfter = pause;
    return this;
  }

  /** The requested pause, or null. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}

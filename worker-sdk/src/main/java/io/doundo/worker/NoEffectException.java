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
   * Asks for a pause, for example as long as a service that is busy has named. The next attempt
   * comes no earlier, and as late as the step's retry policy says. More than an hour is taken for
   * an hour.
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

  /** The pause asked for, or null. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}

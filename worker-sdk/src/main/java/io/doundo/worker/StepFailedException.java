package io.doundo.worker;

import org.jspecify.annotations.Nullable;

/**
 * A business failure: nothing happened, and trying again would not help. The step fails for good,
 * leaves the undo set, and the steps before it are undone. Thrown by an UNDO, which has no such way
 * out, it means that trying again is useless: the flow is parked for an operator.
 */
public class StepFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public StepFailedException(String reason) {
    super(reason);
  }

  public StepFailedException(String reason, @Nullable Throwable cause) {
    super(reason, cause);
  }
}

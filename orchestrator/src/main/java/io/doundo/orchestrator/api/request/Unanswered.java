package io.doundo.orchestrator.api.request;

import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What callers are told whose control record was written, and has no outcome yet. */
public final class Unanswered {

  private Unanswered() {}

  /**
   * The failure of a wait for an outcome: {@code NO_ANSWER} after a timeout, else what failed.
   *
   * @param waited how long the outcome was waited for
   * @param shown what will show it, such as {@code "the timeline"}
   */
  public static RuntimeException problem(
      String controlId, Duration waited, String shown, @Nullable Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof TimeoutException) {
      return problem(controlId, waited, shown);
    }
    return cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
  }

  /** As above, after a timeout. */
  public static ApiProblem problem(String controlId, Duration waited, String shown) {
    return new ApiProblem(
        ProblemKind.NO_ANSWER,
        "The request was written to %s but not processed within %d s. It is applied once the"
                .formatted(Topics.CONTROL, waited.toSeconds())
            + " orchestrator reads it; %s will show it.".formatted(shown),
        Map.of("controlId", controlId),
        null);
  }
}

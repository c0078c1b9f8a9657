package io.doundo.orchestrator.api.request;

import io.doundo.orchestrator.definition.Durations;
import io.doundo.protocol.text.DurationText;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The parameter {@code window}: how far back an answer looks. Stateless. */
public final class WindowParameter {

  private static final Duration SHORTEST = Duration.ofMinutes(1);

  private WindowParameter() {}

  /** The window, or a problem that says which ones there are. */
  public static Duration of(@Nullable String text, Duration usual, Duration longest) {
    if (text == null || text.isBlank()) {
      return usual;
    }
    Duration window = Durations.parse(text);
    if (window == null || window.compareTo(SHORTEST) < 0 || window.compareTo(longest) > 0) {
      throw new ApiProblem(
          ProblemKind.BAD_REQUEST,
          "window must be a duration from %s to %s, such as 15m or PT1H, but is \"%s\"."
              .formatted(DurationText.of(SHORTEST), DurationText.of(longest), text));
    }
    return window;
  }
}

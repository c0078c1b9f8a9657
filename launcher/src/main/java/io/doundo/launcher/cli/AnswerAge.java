package io.doundo.launcher.cli;

import io.doundo.launcher.text.TimeText;
import tools.jackson.databind.JsonNode;

/** How fresh an answer about one thing is, for people. Stateless. */
public final class AnswerAge {

  private AnswerAge() {}

  /** Notes that what is shown may have changed since; nothing of an answer that is fresh. */
  public static void note(JsonNode shown, OutputOptions output) {
    if (shown.path("complete").asBoolean(true)) {
      return;
    }
    output.note(
        shown.path("lagMs").asLong(0) == 0
            ? "The service is still reading its topics after the start; this may be an older state."
            : "This is how it was at %s; it may have changed since."
                .formatted(TimeText.time(shown.path("asOf"))));
  }
}

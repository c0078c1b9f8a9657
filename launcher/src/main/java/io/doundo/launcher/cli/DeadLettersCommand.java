package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code doundo dead-letters}. */
@Command(
    name = "dead-letters",
    description = "List what could not be understood, with the reason; newest first.",
    mixinStandardHelpOptions = true)
public final class DeadLettersCommand implements Callable<Integer> {

  private static final int SHOWN_CHARS = 300;

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      description = "At most so many (default: ${DEFAULT-VALUE}).",
      defaultValue = "20")
  private int limit;

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    JsonNode answer =
        options
            .client()
            .get(
                "/api/dead-letters"
                    + ServiceClient.query(Map.of("limit", Integer.toString(limit))));
    if (output.isJson()) {
      output.json(answer);
    } else if (answer.path("deadLetters").isEmpty()) {
      output.line("No dead letters.");
    } else {
      answer.path("deadLetters").forEach(this::print);
    }
    return ExitCodes.OK;
  }

  private void print(JsonNode letter) {
    String key = letter.path("key").asString("");
    String value = letter.path("value").asString("");
    boolean cut = value.length() > SHOWN_CHARS || letter.path("truncated").asBoolean(false);
    output.line(
        output
                .terminal()
                .bold(
                    "%s-%s @ %s"
                        .formatted(
                            Terminal.clean(letter.path("topic").asString("?")),
                            letter.path("partition").asString("?"),
                            letter.path("offset").asString("?")))
            + "  "
            + Times.time(letter.path("timestamp"))
            + (key.isEmpty() ? "" : "  key " + Terminal.clean(key)));
    output.line("  " + Terminal.clean(letter.path("reason").asString("")));
    output.line(
        output
            .terminal()
            .dim(
                "  "
                    + Terminal.clean(value.substring(0, Math.min(value.length(), SHOWN_CHARS)))
                    + (cut ? "…" : "")));
  }
}

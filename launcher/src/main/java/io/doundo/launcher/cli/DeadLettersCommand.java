package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.text.Terminal;
import io.doundo.launcher.text.TimeText;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code doundo dead-letters}. */
@Command(
    name = "dead-letters",
    description = "List dead letters with their reasons, newest first.",
    mixinStandardHelpOptions = true)
public final class DeadLettersCommand implements Callable<Integer> {

  private static final int SHOWN_CHARS = 300;

  @Parameters(
      paramLabel = "ID",
      arity = "0..1",
      description = "Show this dead letter with its full value.")
  private @Nullable String id;

  @Mixin private PageOptions page = new PageOptions(20);
  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    if (id != null) {
      showOne(options.client().get("/api/dead-letters/" + ServiceClient.segment(id)));
      return ExitCodes.OK;
    }
    Map<String, String> query = new LinkedHashMap<>();
    page.addTo(query);
    JsonNode answer = options.client().get("/api/dead-letters" + ServiceClient.query(query));
    if (output.isJson()) {
      output.json(answer);
      return ExitCodes.OK;
    }
    boolean complete = answer.path("complete").asBoolean(true);
    if (answer.path("deadLetters").isEmpty() && complete) {
      output.line("No dead letters.");
    }
    answer.path("deadLetters").forEach(letter -> print(letter, SHOWN_CHARS));
    if (!complete) {
      output.note("Reading the dead letters timed out; some may be missing. Try again.");
    }
    page.noteNext(answer, output);
    return ExitCodes.OK;
  }

  private void showOne(JsonNode letter) {
    if (output.isJson()) {
      output.json(letter);
    } else {
      print(letter, Integer.MAX_VALUE);
    }
  }

  private void print(JsonNode letter, int shownChars) {
    String key = letter.path("key").asString("");
    String value = letter.path("value").asString("");
    boolean cut = value.length() > shownChars || letter.path("truncated").asBoolean(false);
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
            + TimeText.time(letter.path("timestamp"))
            + (key.isEmpty() ? "" : "  key " + Terminal.clean(key))
            + (letter.has("id") ? "  id " + Terminal.clean(letter.path("id").asString("")) : ""));
    output.line("  " + Terminal.clean(letter.path("reason").asString("")));
    output.line(
        output
            .terminal()
            .dim(
                "  "
                    + Terminal.clean(value.substring(0, Math.min(value.length(), shownChars)))
                    + (cut ? "…" : "")));
  }
}

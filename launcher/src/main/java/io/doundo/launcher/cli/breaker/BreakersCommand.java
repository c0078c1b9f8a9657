package io.doundo.launcher.cli.breaker;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.AnswerAge;
import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.cli.ControlOptions;
import io.doundo.launcher.cli.ControlOptions.ControlRequest;
import io.doundo.launcher.cli.Listing;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.cli.WatchOptions;
import io.doundo.launcher.cli.WebOption;
import io.doundo.launcher.text.Table;
import io.doundo.launcher.text.Terminal;
import io.doundo.launcher.text.TimeText;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code doundo breakers}. */
@Command(
    name = "breakers",
    description = "List circuit breakers, or show, open, reset, configure or delete one.",
    subcommands = {
      BreakersCommand.Show.class,
      BreakersCommand.Open.class,
      BreakersCommand.Reset.class,
      BreakersCommand.Configure.class,
      BreakersCommand.Delete.class
    },
    mixinStandardHelpOptions = true)
public final class BreakersCommand implements Callable<Integer> {

  private static final String PATH = "/api/breakers";

  @Mixin private WatchOptions watch = new WatchOptions();
  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output = OutputOptions.ofList();
  @Mixin private WebOption web;

  @Override
  public Integer call() {
    if (web.isWanted()) {
      return web.open(options, "/breakers", output);
    }
    ServiceClient client = options.client();
    watch.print(
        () -> client.get(PATH),
        new Listing("breakers", Listing.text("name"), "No breakers.")
            .completing("breakers")
            .column("BREAKER", Listing.text("name"))
            .column("STATE", Listing.text("state"))
            .column("SINCE", breaker -> TimeText.time(breaker.path("since")))
            .column("UNTIL", breaker -> TimeText.time(breaker.path("until")))
            .column("HELD", Listing.text("held"))
            .column("WHY", Listing.text("why"))
            .column("BY", Listing.text("by")),
        output);
    return ExitCodes.OK;
  }

  /** The common part of the commands about one breaker. */
  abstract static sealed class OfOneBreaker implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "BREAKER", description = "The name of the breaker.")
    private String breaker = "";

    @Mixin ServiceOptions options;
    @Mixin OutputOptions output;

    String path(String part) {
      return PATH + '/' + ServiceClient.segment(breaker) + part;
    }

    String breaker() {
      return breaker;
    }

    void show(JsonNode shown) {
      line("Breaker", shown.path("name").asString(""));
      line("State", shown.path("state").asString("") + why(shown));
      line("Since", TimeText.time(shown.path("since")));
      line("Until", TimeText.time(shown.path("until")));
      line("Held", shown.path("held").asInt(0) + " steps");
      JsonNode config = shown.path("config");
      line(
          "Opens",
          "after %d faults within %s, for %s at first; then %d commands try the service"
              .formatted(
                  config.path("faults").asInt(0),
                  config.path("window").asString(""),
                  config.path("openFor").asString(""),
                  config.path("firstWave").asInt(0)));
      Table table = new Table("AT", "WHAT", "UNTIL", "REASON", "BY");
      for (JsonNode entry : shown.path("recent")) {
        table.row(
            TimeText.time(entry.path("at")),
            entry.path("type").asString(""),
            TimeText.time(entry.path("until")),
            entry.path("reason").asString(""),
            entry.path("by").asString(""));
      }
      output.lines(table.lines(output.terminal(), ""));
    }

    private static String why(JsonNode shown) {
      String by = shown.path("by").asString("");
      String why = shown.path("why").asString("");
      return (by.isEmpty() ? "" : " by " + by) + (why.isEmpty() ? "" : ": " + why);
    }

    private void line(String word, String text) {
      if (!text.isEmpty()) {
        output.line("%-8s %s".formatted(word, Terminal.clean(text)));
      }
    }
  }

  /** {@code doundo breakers show}. */
  @Command(
      name = "show",
      description = "Show a breaker: its state, its figures and what happened lately.",
      mixinStandardHelpOptions = true)
  static final class Show extends OfOneBreaker {

    @Override
    public Integer call() {
      JsonNode shown = options.client().get(path(""));
      if (output.isJson()) {
        output.json(shown);
      } else {
        show(shown);
        AnswerAge.note(shown, output);
      }
      return ExitCodes.OK;
    }
  }

  /** The common part of the commands that ask something of a breaker. */
  abstract static sealed class Asking extends OfOneBreaker {

    @Mixin private ControlOptions control;

    int ask(String method, String part, Map<String, String> fields, String done) {
      return control.send(
          options.client(),
          new ControlRequest(method, path(part), fields),
          output,
          breaker(),
          done);
    }
  }

  /** {@code doundo breakers open}. */
  @Command(
      name = "open",
      description = "Hold all commands behind the breaker for a while; needs a reason.",
      mixinStandardHelpOptions = true)
  static final class Open extends Asking {

    @Option(
        names = "--for",
        paramLabel = "TIME",
        description = "How long, such as 2h; at most 7 days.")
    private @Nullable String length;

    @Option(
        names = "--until",
        paramLabel = "TIME",
        description = "Until when, such as 2027-05-04T12:00:00Z; at most 7 days ahead.")
    private @Nullable String until;

    @Override
    public Integer call() {
      Map<String, String> fields = new LinkedHashMap<>();
      if (length != null && until == null) {
        fields.put("for", length);
      } else if (until != null && length == null) {
        fields.put("until", until);
      } else {
        throw new CommandFailure(ExitCodes.USAGE, "Give either --for or --until.");
      }
      return ask("POST", "/open", fields, "forced open");
    }
  }

  /** {@code doundo breakers reset}. */
  @Command(
      name = "reset",
      description = "Close the breaker and let through what it holds, in waves.",
      mixinStandardHelpOptions = true)
  static final class Reset extends Asking {
    @Override
    public Integer call() {
      return ask("POST", "/reset", Map.of(), "closed; what it held is let through in waves");
    }
  }

  /** {@code doundo breakers configure}. */
  @Command(
      name = "configure",
      description = "Set figures of the breaker; those that are not given stay.",
      mixinStandardHelpOptions = true)
  static final class Configure extends Asking {

    @Option(
        names = "--faults",
        paramLabel = "N",
        description = "Open after so many faults without a success between them.")
    private @Nullable Integer faults;

    @Option(
        names = "--window",
        paramLabel = "TIME",
        description = "Faults count only if they come within this time, such as 60s.")
    private @Nullable String window;

    @Option(
        names = "--open-for",
        paramLabel = "TIME",
        description = "How long it stays open at first, such as 60s.")
    private @Nullable String openFor;

    @Option(
        names = "--first-wave",
        paramLabel = "N",
        description = "How many held commands try the service first.")
    private @Nullable Integer firstWave;

    @Override
    public Integer call() {
      Map<String, String> fields = new LinkedHashMap<>();
      put(fields, "faults", faults);
      put(fields, "window", window);
      put(fields, "openFor", openFor);
      put(fields, "firstWave", firstWave);
      return ask("PUT", "", fields, "configured");
    }

    private static void put(Map<String, String> fields, String name, @Nullable Object value) {
      if (value != null) {
        fields.put(name, value.toString());
      }
    }
  }

  /** {@code doundo breakers delete}. */
  @Command(
      name = "delete",
      description = "Forget the breaker; it comes back with the next fault.",
      mixinStandardHelpOptions = true)
  static final class Delete extends Asking {
    @Override
    public Integer call() {
      return ask("DELETE", "", Map.of(), "deleted; what it held is let through in waves");
    }
  }
}

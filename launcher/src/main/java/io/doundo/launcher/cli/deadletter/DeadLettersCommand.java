package io.doundo.launcher.cli.deadletter;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.FlowFilterOptions;
import io.doundo.launcher.cli.Listing;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.PageOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.cli.WebOption;
import io.doundo.launcher.text.Terminal;
import io.doundo.launcher.text.TimeText;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code doundo dead-letters}. */
@Command(
    name = "dead-letters",
    description = "List dead letters with their reasons, newest first.",
    subcommands = {
      DeadLettersCommand.Show.class,
      DeadLetterGroupsCommand.class,
      DeadLetterSeenCommand.class,
      DeadLetterResendCommand.class,
      DeadLetterExportCommand.class
    },
    mixinStandardHelpOptions = true)
public final class DeadLettersCommand implements Callable<Integer> {

  static final String PATH = "/api/dead-letters";

  private static final int SHOWN_CHARS = 300;

  @Parameters(
      paramLabel = "ID",
      arity = "0..1",
      description = "Show this dead letter with its full value.")
  private @Nullable String id;

  @Mixin private Filter filter;
  @Mixin private PageOptions page = new PageOptions(20);
  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output = OutputOptions.ofList();
  @Mixin private WebOption web;

  /** Which dead letters are meant. */
  static final class Filter {

    @Option(
        names = "--topic",
        paramLabel = "TOPIC",
        description = "Only those that came from this topic.",
        defaultValue = "")
    private String topic = "";

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        description = "Only those with this text in their reason.",
        defaultValue = "")
    private String reason = "";

    @Option(
        names = "--flow",
        paramLabel = "FLOW",
        description = "Only those that are about this flow.",
        defaultValue = "")
    private String flowId = "";

    @Option(
        names = {"--from", "--since"},
        paramLabel = "TIME",
        description =
            "Only those that became dead letters at or after this time, such as"
                + " 2026-01-31T12:00:00Z or -1h.",
        defaultValue = "")
    private String from = "";

    @Option(
        names = "--to",
        paramLabel = "TIME",
        description = "Only those that became dead letters before this time.",
        defaultValue = "")
    private String to = "";

    @Option(
        names = "--fingerprint",
        paramLabel = "FP",
        description = "Only those of this group; dead-letters groups lists them.",
        defaultValue = "")
    private String fingerprint = "";

    @ArgGroup private @Nullable Seen seen;

    /** One of two options. */
    static final class Seen {
      @Option(names = "--seen", description = "Only those that were marked as seen.")
      private boolean seen;

      @Option(names = "--unseen", description = "Only those that nobody has marked as seen.")
      private boolean unseen;
    }

    /** The query of the console's page, which knows no times. */
    Map<String, String> page() {
      Map<String, String> page = query();
      page.put("flow", flowId);
      List.of("flowId", "from", "to").forEach(page::remove);
      return page;
    }

    Map<String, String> query() {
      Map<String, String> query = new LinkedHashMap<>();
      query.put("topic", topic);
      query.put("reason", reason);
      query.put("flowId", flowId);
      query.put("from", FlowFilterOptions.time("--from", from, Clock.systemUTC()));
      query.put("to", FlowFilterOptions.time("--to", to, Clock.systemUTC()));
      query.put("fingerprint", fingerprint);
      if (seen != null) {
        query.put("seen", Boolean.toString(seen.seen && !seen.unseen));
      }
      return query;
    }
  }

  @Override
  public Integer call() {
    if (id != null) {
      return show(options.client(), id, output);
    }
    if (web.isWanted()) {
      return web.open(options, "/dead-letters" + ServiceClient.query(filter.page()), output);
    }
    if (output.format() == OutputOptions.Format.TABLE) {
      page.print(options.client(), PATH, filter::query, new Paragraphs(output), output);
    } else {
      page.print(options.client(), PATH, filter::query, listing(), output);
    }
    return ExitCodes.OK;
  }

  /** One line for each, for all forms but the usual one. */
  static Listing listing() {
    return new Listing("deadLetters", Listing.text("id"), "No dead letters.")
        .column("ID", Listing.text("id"))
        .column("TIME", letter -> TimeText.time(letter.path("timestamp")))
        .column("TOPIC", Listing.text("topic"))
        .column("PARTITION", Listing.text("partition"))
        .column("OFFSET", Listing.text("offset"))
        .column("KEY", Listing.text("key"))
        .column("FLOW", Listing.text("flowId"))
        .column("BYTES", Listing.text("valueBytes"))
        .column("RESENT FROM", Listing.text("resentFrom"))
        .column("GROUP", Listing.text("fingerprint"))
        .column("SEEN BY", Listing.text("seenBy"))
        .column("REASON", Listing.text("reason"));
  }

  /** Shows one with its whole value; returns the exit code. */
  static int show(ServiceClient client, String id, OutputOptions output) {
    JsonNode letter = client.get(PATH + '/' + ServiceClient.segment(id));
    if (output.isJson()) {
      output.json(letter);
      return ExitCodes.OK;
    }
    print(letter, Integer.MAX_VALUE, output);
    for (JsonNode header : letter.path("headers")) {
      output.line(
          "  header %s: %s"
              .formatted(
                  Terminal.clean(header.path("name").asString("")),
                  Terminal.clean(header.path("value").asString(""))));
    }
    return ExitCodes.OK;
  }

  private static void print(JsonNode letter, int shownChars, OutputOptions output) {
    String key = letter.path("key").asString("");
    String value = letter.path("value").asString("");
    String resent = letter.path("resentFrom").asString("");
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
            + (letter.has("id") ? "  id " + Terminal.clean(letter.path("id").asString("")) : "")
            + (resent.isEmpty() ? "" : "  sent again from " + Terminal.clean(resent)));
    output.line("  " + Terminal.clean(letter.path("reason").asString("")));
    output.line(
        output
            .terminal()
            .dim(
                "  "
                    + Terminal.clean(value.substring(0, Math.min(value.length(), shownChars)))
                    + (cut ? "…" : "")));
  }

  /** The usual form: a reason is longer than a column. */
  private static final class Paragraphs extends Listing {

    private final OutputOptions output;

    Paragraphs(OutputOptions output) {
      super("deadLetters", Listing.text("id"), "No dead letters.");
      this.output = output;
    }

    @Override
    public void print(JsonNode answer, OutputOptions unused, boolean isFirst) {
      if (isFirst && rows(answer).isEmpty() && answer.path("complete").asBoolean(true)) {
        output.line("No dead letters.");
      }
      rows(answer).forEach(letter -> DeadLettersCommand.print(letter, SHOWN_CHARS, output));
    }
  }

  /** {@code doundo dead-letters show}. */
  @Command(
      name = "show",
      description = "Show a dead letter with its full value and its record headers.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {

    @Parameters(paramLabel = "ID", description = "Id of the dead letter, such as 3-1234.")
    private String id = "";

    @Mixin private ServiceOptions options;
    @Mixin private OutputOptions output;

    @Override
    public Integer call() {
      return show(options.client(), id, output);
    }
  }
}

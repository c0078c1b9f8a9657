package io.doundo.launcher.cli.overview;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.Listing;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.PageOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.cli.Shell;
import io.doundo.launcher.cli.WatchOptions;
import io.doundo.launcher.cli.WebOption;
import io.doundo.launcher.cli.text.ListText;
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

/** {@code doundo incidents}. */
@Command(
    name = "incidents",
    description =
        "List the kinds of errors that flows have and the breakers that are open for long, or show"
            + " one kind with its flows.",
    mixinStandardHelpOptions = true)
public final class IncidentsCommand implements Callable<Integer> {

  private static final String PATH = "/api/incidents";

  @Parameters(
      paramLabel = "FINGERPRINT",
      arity = "0..1",
      description = "Show this one, such as v1:9f2ac01744d7e655.")
  private @Nullable String fingerprint;

  @Option(
      names = "--window",
      paramLabel = "TIME",
      description = "Only errors within this time, such as 24h (default: 24h, set by the service).",
      defaultValue = "")
  private String window = "";

  @Option(
      names = "--orchestration",
      paramLabel = "NAME",
      description = "Only errors of this orchestration.",
      defaultValue = "")
  private String orchestration = "";

  @Option(
      names = "--step",
      paramLabel = "STEP",
      description = "Only errors of this step.",
      defaultValue = "")
  private String step = "";

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      description = "Maximum number of kinds (default: ${DEFAULT-VALUE}).",
      defaultValue = "100")
  private int limit;

  @Mixin private WatchOptions watch = new WatchOptions();
  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output = OutputOptions.ofList();
  @Mixin private WebOption web;

  @Override
  public Integer call() {
    if (web.isWanted()) {
      String page =
          fingerprint == null ? "/incidents" : "/incidents/" + ServiceClient.segment(fingerprint);
      return web.open(options, page, output);
    }
    return fingerprint == null ? all() : one(fingerprint);
  }

  private int all() {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("window", window);
    query.put("orchestration", orchestration);
    query.put("step", step);
    query.put("limit", Integer.toString(limit));
    ServiceClient client = options.client();
    watch.print(
        () -> client.get(PATH + ServiceClient.query(query)), listing(), output, this::below);
    return ExitCodes.OK;
  }

  private static Listing listing() {
    return new Listing("incidents", Listing.text("fingerprint"), "No flow waits for an operator.")
        .completing("fingerprints")
        .column("FINGERPRINT", Listing.text("fingerprint"))
        .column("FLOWS", Listing.text("flows"))
        .column("PARKED", Listing.text("parked"))
        .wide("OPEN", Listing.text("open"))
        .column("TREND", Listing.text("trend"))
        .column("LAST", row -> TimeText.time(row.path("lastSeen")))
        .wide("FIRST", row -> TimeText.time(row.path("firstSeen")))
        .column("ORCHESTRATION", Listing.text("orchestration"))
        .column(
            "STEP", row -> row.path("step").asString("") + ' ' + row.path("action").asString(""))
        .wide("WORKERS", row -> ListText.few(row.path("workers")))
        .wide("VERSIONS", row -> ListText.few(row.path("workerVersions")))
        .wide("SAMPLE", Listing.text("sample"))
        .column("ERROR", Listing.text("template"));
  }

  private void below(JsonNode answer) {
    JsonNode breakers = answer.path("breakers");
    if (!breakers.isEmpty()) {
      open(breakers);
    }
    int unexplained = answer.path("unexplained").asInt(0);
    if (unexplained > 0) {
      output.note(
          "%s parked without an error text: %s"
              .formatted(
                  ListText.count(unexplained, "flow"), Shell.command() + " flows --status PARKED"));
    }
    PageOptions.noteWhatIsMissing(answer, output);
  }

  /** A list for scripts has one kind of rows; the breakers are then beside it. */
  private void open(JsonNode breakers) {
    switch (output.format()) {
      case TABLE, WIDE -> {
        Table table = new Table("BREAKER", "STATE", "OPEN SINCE", "HELD", "WHY");
        for (JsonNode breaker : breakers) {
          String by = breaker.path("by").asString("");
          table.row(
              breaker.path("name").asString(""),
              breaker.path("state").asString(""),
              TimeText.time(breaker.path("openSince")),
              ListText.count(breaker.path("held").asInt(0), "step"),
              breaker.path("why").asString("") + (by.isEmpty() ? "" : ", by " + by));
        }
        output.line("");
        output.lines(table.lines(output.terminal(), ""));
      }
      case CSV, NAME, JSONL ->
          output.note(
              "%s open for more than 5 minutes: %s"
                  .formatted(
                      ListText.count(breakers.size(), "breaker"), Shell.command() + " breakers"));
      case JSON -> {
        // They are in the answer.
      }
    }
  }

  private int one(String id) {
    JsonNode answer = options.client().get(PATH + '/' + ServiceClient.segment(id));
    if (output.isJson()) {
      output.json(answer);
      return ExitCodes.OK;
    }
    JsonNode incident = answer.path("incident");
    output.line(output.terminal().bold(Terminal.clean(incident.path("template").asString(""))));
    output.line(
        "  %s %s of %s: %s, of which %s parked"
            .formatted(
                Terminal.clean(incident.path("action").asString("")),
                Terminal.clean(incident.path("step").asString("")),
                Terminal.clean(incident.path("orchestration").asString("")),
                ListText.count(incident.path("flows").asInt(0), "flow"),
                incident.path("parked").asInt(0)));
    output.line(
        "  first %s, last %s, %s"
            .formatted(
                TimeText.time(incident.path("firstSeen")),
                TimeText.time(incident.path("lastSeen")),
                Terminal.clean(incident.path("trend").asString(""))));
    output.line("");
    FlowsCommand.listing().print(answer, output, true);
    PageOptions.noteWhatIsMissing(answer, output);
    String sample = incident.path("sample").asString("");
    if (!sample.isEmpty()) {
      output.note("Look at one of them: " + options.hint("why", sample));
    }
    return ExitCodes.OK;
  }
}

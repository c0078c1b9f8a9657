package io.doundo.launcher.cli.overview;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.cli.FlowFilterOptions;
import io.doundo.launcher.cli.Listing;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.PageOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.cli.WebOption;
import io.doundo.launcher.cli.text.ListText;
import io.doundo.launcher.text.TimeText;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code doundo flows}. */
@Command(
    name = "flows",
    description = "List flows, newest first.",
    subcommands = FlowsCommand.Count.class,
    mixinStandardHelpOptions = true)
public final class FlowsCommand implements Callable<Integer> {

  private static final String PATH = "/api/flows";

  @Option(
      names = "--sort",
      paramLabel = "FIELD",
      description =
          "startedAt, updatedAt or dueAt, with a hyphen in front for newest first"
              + " (default: -startedAt).",
      defaultValue = "")
  private String sort = "";

  @Mixin private FlowFilterOptions filter;
  @Mixin private PageOptions page = new PageOptions(50);
  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output = OutputOptions.ofList();
  @Mixin private WebOption web;

  @Override
  public Integer call() {
    if (web.isWanted()) {
      return web.open(options, "/flows" + ServiceClient.query(filter.query()), output);
    }
    page.print(options.client(), PATH, this::query, listing(), output);
    return ExitCodes.OK;
  }

  private Map<String, String> query() {
    Map<String, String> query = new LinkedHashMap<>(filter.query());
    query.put("sort", sort);
    return query;
  }

  /** Flows as rows. */
  static Listing listing() {
    return new Listing("flows", Listing.text("flowId"), "No flows.")
        .completing("flows")
        .column("FLOW", Listing.text("flowId"))
        .column("ORCHESTRATION", Listing.text("orchestrationName"))
        .wide("VERSION", Listing.text("version"))
        .column("STATUS", FlowsCommand::status)
        .wide("STEP", row -> ListText.few(row.path("currentSteps")))
        .wide("ATTEMPTS", Listing.text("attempts"))
        .wide("KEY", Listing.text("searchValue"))
        .column("STARTED", row -> TimeText.time(row.path("startedAt")))
        .wide("UPDATED", row -> TimeText.time(row.path("updatedAt")))
        .column("TOOK", row -> TimeText.between(row.path("startedAt"), row.path("completedAt")))
        .wide("FINGERPRINT", Listing.text("fingerprint"))
        .wide("ERROR", Listing.text("error"));
  }

  private static String status(JsonNode flow) {
    String park = flow.path("parkReason").asString("");
    return flow.path("status").asString("")
        + (park.isEmpty() ? "" : ' ' + park)
        + (flow.path("paused").asBoolean(false) ? " paused" : "");
  }

  /** {@code doundo flows count}. */
  @Command(
      name = "count",
      description = "Count flows, optionally in groups.",
      mixinStandardHelpOptions = true)
  static final class Count implements Callable<Integer> {

    @Option(
        names = "--group-by",
        paramLabel = "FIELD",
        description =
            "status, orchestration, step or fingerprint; several are separated by commas.",
        defaultValue = "")
    private String groupBy = "";

    @Mixin private FlowFilterOptions filter;
    @Mixin private ServiceOptions options;
    @Mixin private OutputOptions output = OutputOptions.ofList();

    @Override
    public Integer call() {
      Map<String, String> query = new LinkedHashMap<>(filter.query());
      query.put("facets", groupBy);
      query.put("limit", "1");
      JsonNode answer = options.client().get(PATH + ServiceClient.query(query));
      JsonNode total = answer.path("total");
      if (!total.isObject()) {
        throw new CommandFailure(
            ExitCodes.REFUSED,
            "This service does not count flows: it answers without \"total\". Update it, or count the lines of \"flows --all -o name\".");
      }
      FlowCounts counts = new FlowCounts(total, answer.path("facets"));
      if (groupBy.isEmpty() && !output.format().isJson()) {
        output.line(counts.total());
      } else {
        counts.groups().print(counts.json(), output, true);
      }
      PageOptions.noteWhatIsMissing(answer, output);
      return ExitCodes.OK;
    }
  }
}

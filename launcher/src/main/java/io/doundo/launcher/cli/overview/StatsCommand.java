package io.doundo.launcher.cli.overview;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.PageOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.cli.WebOption;
import io.doundo.launcher.text.Table;
import io.doundo.launcher.text.Terminal;
import io.doundo.launcher.text.TimeText;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code doundo stats}. */
@Command(
    name = "stats",
    description = "Show how many flows there are, what they did lately, and what is slow.",
    mixinStandardHelpOptions = true)
public final class StatsCommand implements Callable<Integer> {

  @Option(
      names = "--window",
      paramLabel = "TIME",
      description = "The time to summarize, up to 24h (default: 1h).",
      defaultValue = "")
  private String window = "";

  @Option(
      names = "--orchestration",
      paramLabel = "NAME",
      description = "Only flows of this orchestration.",
      defaultValue = "")
  private String orchestration = "";

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;
  @Mixin private WebOption web;

  @Override
  public Integer call() {
    if (web.isWanted()) {
      return web.open(options, "/", output);
    }
    Map<String, String> query = new LinkedHashMap<>();
    query.put("window", window);
    query.put("orchestration", orchestration);
    JsonNode stats = options.client().get("/api/stats" + ServiceClient.query(query));
    if (output.isJson()) {
      output.json(stats);
      return ExitCodes.OK;
    }
    Table flows = new Table("STATUS", "FLOWS", "OLDEST");
    Instant now = Instant.now();
    for (Map.Entry<String, JsonNode> status : stats.path("byStatus").properties()) {
      if (status.getValue().asLong(0) > 0) {
        String oldest = status.getKey().toLowerCase(Locale.ROOT);
        flows.row(
            status.getKey(),
            status.getValue().asString("0"),
            TimeText.timeAndDistance(stats.path("oldest").path(oldest), now));
      }
    }
    if (flows.isEmpty()) {
      output.line("No flows.");
    } else {
      output.lines(flows.lines(output.terminal(), ""));
    }
    output.line("");
    output.line("In this time: " + happened(stats));
    line("Parked because of", reasons(stats.path("parkedByReason")));
    line("In doubt", number(stats.path("inDoubt")));
    line("Paused", number(stats.path("paused")));
    line("Open tasks", number(stats.path("openTasks")));
    line("Dead letters of the last 24 h", number(stats.path("deadLetters24h")));
    for (JsonNode step : stats.path("unserved")) {
      line("Nobody serves", name(step));
    }
    for (JsonNode step : stats.path("slow")) {
      line(
          "Slow",
          "%s %s: %s wait, the oldest since %s"
              .formatted(
                  name(step),
                  step.path("action").asString(""),
                  step.path("waiting").asString("?"),
                  TimeText.time(step.path("oldestSince"))));
    }
    PageOptions.noteWhatIsMissing(stats, output);
    return ExitCodes.OK;
  }

  private static String happened(JsonNode stats) {
    return "%d started, %d completed, %d undone, %d parked"
        .formatted(
            sum(stats, "started"),
            sum(stats, "completed"),
            sum(stats, "undone"),
            sum(stats, "parked"));
  }

  private static long sum(JsonNode stats, String figure) {
    long sum = 0;
    for (JsonNode bucket : stats.path("buckets")) {
      sum += bucket.path(figure).asLong(0);
    }
    return sum;
  }

  private static String reasons(JsonNode reasons) {
    return reasons.properties().stream()
        .map(reason -> reason.getKey() + ' ' + reason.getValue().asString(""))
        .collect(Collectors.joining(", "));
  }

  private static String name(JsonNode step) {
    return step.path("orchestration").asString("") + '.' + step.path("step").asString("");
  }

  private static String number(JsonNode figure) {
    return figure.asLong(0) == 0 ? "" : figure.asString("");
  }

  private void line(String name, String value) {
    if (!value.isEmpty()) {
      output.line(name + ": " + Terminal.clean(value));
    }
  }
}

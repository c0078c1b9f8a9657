package io.doundo.launcher.cli.overview;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.cli.WebOption;
import io.doundo.launcher.text.Table;
import io.doundo.launcher.text.Terminal;
import io.doundo.launcher.text.TimeText;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code doundo compare}. */
@Command(
    name = "compare",
    description =
        "Compare two flows step by step, for example a failed one with the last good one.",
    mixinStandardHelpOptions = true)
public final class CompareCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "A", description = "Id of a flow.")
  private String a = "";

  @Parameters(index = "1", paramLabel = "B", description = "Id of another flow.")
  private String b = "";

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;
  @Mixin private WebOption web;

  @Override
  public Integer call() {
    if (web.isWanted()) {
      return web.open(
          options,
          "/compare?a=%s&b=%s".formatted(ServiceClient.segment(a), ServiceClient.segment(b)),
          output);
    }
    ServiceClient client = options.client();
    JsonNode compared = FlowComparison.of(client.flow(a), client.flow(b));
    if (output.isJson()) {
      output.json(compared);
      return ExitCodes.OK;
    }
    output.line(head("A", compared.path("a")));
    output.line(head("B", compared.path("b")));
    output.line("");
    Table table = new Table("STEP", "A", "B", "TOOK A", "TOOK B", "TIMES", "WORKER A", "WORKER B");
    String divergence = compared.path("firstDivergence").asString("");
    for (JsonNode step : compared.path("steps")) {
      String name = step.path("step").asString("");
      table.row(
          (name.equals(divergence) ? "> " : "  ") + name,
          state(step.path("a")),
          state(step.path("b")),
          took(step.path("a")),
          took(step.path("b")),
          step.path("durationTimes").asString(""),
          worker(step.path("a")),
          worker(step.path("b")));
    }
    output.lines(table.lines(output.terminal(), ""));
    output.line("");
    output.line(
        divergence.isEmpty()
            ? "Their steps do not differ."
            : "They differ first at " + Terminal.clean(divergence) + '.');
    for (JsonNode field : compared.path("payload")) {
      output.line(
          "  payload %s: %s | %s"
              .formatted(
                  Terminal.clean(field.path("path").asString("")),
                  value(field, "a"),
                  value(field, "b")));
    }
    return ExitCodes.OK;
  }

  private static String value(JsonNode field, String side) {
    return field.has(side) ? Terminal.clean(field.path(side).toString()) : "(absent)";
  }

  private String head(String letter, JsonNode flow) {
    String version = flow.path("version").asString("");
    return "%s  %s  %s%s  %s  %s"
        .formatted(
            letter,
            output.terminal().bold(Terminal.clean(flow.path("flowId").asString(""))),
            Terminal.clean(flow.path("orchestrationName").asString("")),
            version.isEmpty() ? "" : " version " + version,
            output.terminal().status(Terminal.clean(flow.path("status").asString(""))),
            flow.path("took").asString(""));
  }

  private static String state(JsonNode step) {
    if (step.isEmpty()) {
      return "(not there)";
    }
    int attempts = step.path("attempts").asInt(0) + step.path("undoAttempts").asInt(0);
    return step.path("status").asString("") + (attempts > 1 ? " x" + attempts : "");
  }

  private static String took(JsonNode step) {
    JsonNode duration = step.path("durationMs");
    return duration.isNumber() ? TimeText.duration(duration.asLong()) : "";
  }

  private static String worker(JsonNode step) {
    String version = step.path("workerVersion").asString("");
    return step.path("workerService").asString("") + (version.isEmpty() ? "" : ' ' + version);
  }
}

package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.text.Table;
import io.doundo.launcher.text.Terminal;
import io.doundo.launcher.text.TimeText;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code doundo flows}. */
@Command(name = "flows", description = "List flows, newest first.", mixinStandardHelpOptions = true)
public final class FlowsCommand implements Callable<Integer> {

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      description =
          "One or more statuses, separated by commas: IN_PROGRESS, PARKED, COMPLETED, UNDONE, …",
      defaultValue = "")
  private String status = "";

  @Option(names = "--orchestration", paramLabel = "NAME", defaultValue = "")
  private String orchestration = "";

  @Option(
      names = "--step",
      paramLabel = "STEP",
      description = "Only flows that are at this step or failed there.",
      defaultValue = "")
  private String step = "";

  @Option(
      names = "--error",
      paramLabel = "TEXT",
      description = "Only flows with this text in an error message.",
      defaultValue = "")
  private String error = "";

  @Option(
      names = "--search",
      paramLabel = "TEXT",
      description =
          "Only flows with this text in the flow id or in the value of the definition's searchKey.",
      defaultValue = "")
  private String search = "";

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Only flows started at or after this time, for example 2026-01-31T12:00:00Z.",
      defaultValue = "")
  private String from = "";

  @Option(
      names = "--to",
      paramLabel = "TIME",
      description = "Only flows started before this time.",
      defaultValue = "")
  private String to = "";

  @Mixin private PageOptions page = new PageOptions(50);
  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("status", status.toUpperCase(Locale.ROOT));
    query.put("orchestration", orchestration);
    query.put("step", step);
    query.put("error", error);
    query.put("search", search);
    query.put("from", from);
    query.put("to", to);
    page.addTo(query);
    JsonNode list = options.client().get("/api/flows" + ServiceClient.query(query));
    if (output.isJson()) {
      output.json(list);
    } else {
      print(list);
    }
    return ExitCodes.OK;
  }

  private void print(JsonNode list) {
    Table table = new Table("FLOW", "ORCHESTRATION", "STATUS", "STARTED", "TOOK");
    for (JsonNode flow : list.path("flows")) {
      String park = flow.path("parkReason").asString("");
      table.row(
          flow.path("flowId").asString(""),
          flow.path("orchestrationName").asString(""),
          flow.path("status").asString("")
              + (park.isEmpty() ? "" : ' ' + park)
              + (flow.path("paused").asBoolean(false) ? " paused" : ""),
          TimeText.time(flow.path("startedAt")),
          TimeText.between(flow.path("startedAt"), flow.path("completedAt")));
    }
    if (table.isEmpty()) {
      output.line("No flows.");
    } else {
      output.lines(table.lines(output.terminal(), ""));
    }
    String note = list.path("note").asString("");
    if (!note.isEmpty()) {
      output.note(Terminal.clean(note));
    }
    page.noteNext(list, output);
  }
}

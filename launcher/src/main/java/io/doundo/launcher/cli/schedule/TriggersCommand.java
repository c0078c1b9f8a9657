package io.doundo.launcher.cli.schedule;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.text.Table;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code doundo triggers}. */
@Command(
    name = "triggers",
    description = "List what starts flows besides initiators: schedules, events and webhooks.",
    mixinStandardHelpOptions = true)
public final class TriggersCommand implements Callable<Integer> {

  @Option(
      names = "--orchestration",
      paramLabel = "NAME",
      description = "Only triggers of this orchestration.",
      defaultValue = "")
  private String orchestration = "";

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("orchestration", orchestration);
    JsonNode list = options.client().get("/api/triggers" + ServiceClient.query(query));
    if (output.isJson()) {
      output.json(list);
      return ExitCodes.OK;
    }
    Table table = new Table("TRIGGER", "KIND", "SOURCE", "DOES", "WHEN", "ORCHESTRATION IS");
    for (JsonNode trigger : list.path("triggers")) {
      table.row(
          trigger.path("orchestration").asString("") + '/' + trigger.path("name").asString(""),
          trigger.path("kind").asString("").toLowerCase(Locale.ROOT),
          source(trigger),
          does(trigger),
          trigger.path("when").asString(""),
          trigger.path("status").asString("").toLowerCase(Locale.ROOT));
    }
    if (table.isEmpty()) {
      output.line("No triggers.");
    } else {
      output.lines(table.lines(output.terminal(), ""));
    }
    return ExitCodes.OK;
  }

  /** Where it listens, and how a webhook verifies who sent a request. */
  private static String source(JsonNode trigger) {
    String verify = trigger.path("verify").asString("");
    return trigger.path("source").asString("") + (verify.isEmpty() ? "" : " (" + verify + ')');
  }

  private static String does(JsonNode trigger) {
    String signal = trigger.path("signal").asString("");
    return signal.isEmpty() ? "starts a flow" : "signals " + signal;
  }
}

package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.text.Terminal;
import io.doundo.launcher.text.TimeText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code doundo plan}: what an undo of a flow would do, in which order. */
@Command(
    name = "plan",
    description = "Show what an undo of a flow would do, and in which order. Changes nothing.",
    mixinStandardHelpOptions = true)
public final class PlanCommand implements Callable<Integer> {

  @Parameters(paramLabel = "FLOW", description = "Id of the flow.")
  private String flowId = "";

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    JsonNode plan = options.client().get(ServiceClient.flowPath(flowId, "/undo-plan"));
    if (output.isJson()) {
      output.json(plan);
    } else {
      output.lines(lines(plan, output.terminal(), Instant.now()));
    }
    return ExitCodes.OK;
  }

  private static List<String> lines(JsonNode plan, Terminal terminal, Instant now) {
    List<String> lines = new ArrayList<>();
    String flow = terminal.bold(Terminal.clean(plan.path("flowId").asString("")));
    String refusal = plan.path("refusal").asString("");
    lines.add(
        refusal.isEmpty()
            ? flow + " can be undone."
            : flow + " cannot be undone: " + Terminal.clean(refusal) + '.');
    add(lines, "too late at", TimeText.timeAndDistance(plan.path("tooLateAt"), now));
    add(lines, "note", plan.path("note").asString(""));
    for (JsonNode drained : plan.path("drain")) {
      String until = TimeText.timeAndDistance(drained.path("until"), now);
      add(
          lines,
          "awaits first",
          drained.path("step").asString("") + (until.isEmpty() ? "" : " until " + until));
    }
    int number = 0;
    for (JsonNode stage : plan.path("stages")) {
      number++;
      add(
          lines,
          "stage " + number,
          StreamSupport.stream(stage.spliterator(), false)
              .map(PlanCommand::undone)
              .collect(Collectors.joining(", ")));
    }
    reasons(lines, "left standing", plan.path("leftStanding"));
    reasons(lines, "untouched", plan.path("untouched"));
    return lines;
  }

  private static String undone(JsonNode step) {
    String knows =
        switch (step.path("knows").asString("")) {
          case "UNKNOWN" -> " (in doubt: nobody knows whether it happened)";
          case "FAILED" -> " (failed)";
          default -> "";
        };
    String served = step.path("served").asBoolean(true) ? "" : " (no worker serves it)";
    return step.path("step").asString("") + knows + served + parts(step.path("parts"));
  }

  /** How many parts a step takes back, and how many of them go first. */
  private static String parts(JsonNode parts) {
    if (!parts.isObject()) {
      return "";
    }
    int all = parts.path("count").asInt(0);
    int recalled = parts.path("recalled").asInt(0);
    int opening = parts.path("opening").asInt(0);
    return " (takes back %d %s%s%s)"
        .formatted(
            all,
            all == 1 ? "part" : "parts",
            recalled == 0 ? "" : ", %d from the archive".formatted(recalled),
            opening >= all ? "" : ", %d of them first".formatted(opening));
  }

  private static void reasons(List<String> lines, String name, JsonNode reasons) {
    for (JsonNode reason : reasons) {
      add(lines, name, reason.path("step").asString("") + ": " + reason.path("why").asString(""));
    }
  }

  private static void add(List<String> lines, String name, String value) {
    if (!value.isEmpty()) {
      lines.add("  " + String.format("%-14s", name) + Terminal.clean(value));
    }
  }
}

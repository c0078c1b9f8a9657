package io.doundo.launcher.cli.text;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.text.Table;
import io.doundo.launcher.text.Terminal;
import io.doundo.launcher.text.TimeText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** A flow, its steps and its timeline, for people. */
public final class FlowText {

  private static final Set<String> TERMINAL =
      Set.of("COMPLETED", "UNDONE", "ABANDONED", "REJECTED");

  /** How many parts of a step are shown by name. */
  private static final int MOST_PARTS = 20;

  private FlowText() {}

  /** Whether nothing more happens to the flow. */
  public static boolean isTerminal(String status) {
    return TERMINAL.contains(status);
  }

  /** The exit code of a command that waited for the flow. */
  public static int exitCode(String status) {
    if (status.equals("COMPLETED")) {
      return ExitCodes.OK;
    }
    return isTerminal(status) || status.equals("PARKED")
        ? ExitCodes.NOT_COMPLETED
        : ExitCodes.NOT_YET;
  }

  /** The flow with its steps. */
  public static List<String> lines(JsonNode flow, Terminal terminal, Instant now) {
    List<String> lines = new ArrayList<>();
    lines.add(headline(flow, terminal));
    property(lines, "started", started(flow));
    property(lines, "ended", ended(flow));
    property(
        lines,
        "deadline",
        isTerminal(flow.path("status").asString(""))
            ? ""
            : TimeText.timeAndDistance(flow.path("deadlineAt"), now));
    property(lines, "reason", flow.path("reason").asString(""));
    JsonNode part = flow.path("part");
    property(
        lines,
        "part of",
        part.isObject()
            ? "%s, step %s, number %d"
                .formatted(
                    part.path("parent").asString(""),
                    part.path("step").asString(""),
                    part.path("index").asInt(0))
            : "");
    property(lines, "left standing", ListText.all(flow.path("leftStanding")));
    JsonNode payload = flow.path("payload");
    property(
        lines, "payload", payload.isMissingNode() || payload.isNull() ? "" : shortened(payload));
    Table steps = steps(flow, now);
    if (!steps.isEmpty()) {
      lines.add("");
      lines.addAll(steps.lines(terminal, "  "));
    }
    for (JsonNode step : flow.path("steps")) {
      addParts(lines, step, terminal);
    }
    return lines;
  }

  /** The parts of a step: how many stand where, and the first of them by name. */
  private static void addParts(List<String> lines, JsonNode step, Terminal terminal) {
    JsonNode parts = step.path("parts");
    if (!parts.isObject()) {
      return;
    }
    List<String> counts = new ArrayList<>();
    parts
        .path("counts")
        .properties()
        .forEach(
            count ->
                counts.add(
                    count.getValue().asInt(0) + " " + count.getKey().toLowerCase(Locale.ROOT)));
    if (parts.path("parked").asInt(0) > 0) {
      counts.add(parts.path("parked").asInt(0) + " parked");
    }
    if (parts.path("paused").asInt(0) > 0) {
      counts.add(parts.path("paused").asInt(0) + " paused");
    }
    if (parts.path("left").asInt(0) > 0) {
      counts.add(parts.path("left").asInt(0) + " not begun");
    }
    lines.add("");
    lines.add(
        "  %s: %d parts%s"
            .formatted(
                terminal.bold(Terminal.clean(step.path("name").asString(""))),
                parts.path("total").asInt(0),
                counts.isEmpty() ? "" : " (" + String.join(", ", counts) + ")"));
    int shown = 0;
    for (JsonNode part : parts.path("flows")) {
      if (shown++ == MOST_PARTS) {
        lines.add("    … doundo flows --parts --parent shows all of them");
        return;
      }
      boolean isParked = part.path("parked").asBoolean(false);
      boolean isPaused = part.path("paused").asBoolean(false);
      lines.add(
          "    %s  %s%s"
              .formatted(
                  Terminal.clean(part.path("flowId").asString("")),
                  terminal.status(
                      isParked ? "PARKED" : Terminal.clean(part.path("place").asString(""))),
                  isPaused ? ", paused" : ""));
    }
  }

  private static String headline(JsonNode flow, Terminal terminal) {
    String version = flow.path("version").asString("");
    String park = flow.path("parkReason").asString("");
    return terminal.bold(Terminal.clean(flow.path("flowId").asString("")))
        + "  "
        + Terminal.clean(flow.path("orchestrationName").asString(""))
        + (version.isEmpty() ? "" : " version " + version)
        + "  "
        + terminal.status(Terminal.clean(flow.path("status").asString("")))
        + (park.isEmpty() ? "" : ": " + Terminal.clean(park))
        + (flow.path("paused").asBoolean(false) ? " (paused)" : "");
  }

  private static String started(JsonNode flow) {
    String initiator = flow.path("initiator").asString("");
    return TimeText.time(flow.path("startedAt")) + (initiator.isEmpty() ? "" : " by " + initiator);
  }

  private static String ended(JsonNode flow) {
    String ended = TimeText.time(flow.path("completedAt"));
    return ended.isEmpty()
        ? ""
        : ended + " after " + TimeText.between(flow.path("startedAt"), flow.path("completedAt"));
  }

  private static Table steps(JsonNode flow, Instant now) {
    Table table = new Table("SEQ", "STEP", "STATUS", "DO", "UNDO", "TOOK", "WORKER", "NOTE");
    for (JsonNode step : flow.path("steps")) {
      JsonNode duration = step.path("durationMs");
      table.row(
          step.path("seq").asString(""),
          step.path("name").asString(""),
          step.path("status").asString(""),
          count(step.path("attempts")),
          count(step.path("undoAttempts")),
          duration.isNumber() ? TimeText.duration(duration.asLong()) : "",
          step.path("workerService").asString(""),
          note(step, now));
    }
    return table;
  }

  private static String count(JsonNode number) {
    return number.asInt(0) == 0 ? "-" : number.asString();
  }

  private static String note(JsonNode step, Instant now) {
    StringBuilder note = new StringBuilder();
    append(note, "times out at ", TimeText.timeAndDistance(step.path("attemptDeadlineAt"), now));
    append(note, "next attempt at ", TimeText.timeAndDistance(step.path("nextAttemptAt"), now));
    append(note, "takes branch ", step.path("branch").asString(""));
    append(note, note.isEmpty() ? "" : "; ", step.path("errorMessage").asString(""));
    return note.toString();
  }

  private static String shortened(JsonNode payload) {
    String text = payload.toString();
    return text.length() <= 200 ? text : text.substring(0, 200) + "…";
  }

  private static void property(List<String> lines, String name, String value) {
    if (!value.isEmpty()) {
      lines.add("  " + String.format("%-14s", name) + Terminal.clean(value));
    }
  }

  /** One entry of the timeline. */
  public static String entry(JsonNode entry, Terminal terminal) {
    StringBuilder text = new StringBuilder("  ");
    text.append(terminal.dim(TimeText.time(entry.path("timestamp")))).append("  ");
    text.append(String.format("%-22s", Terminal.clean(entry.path("type").asString(""))));
    StringBuilder command = new StringBuilder(entry.path("step").asString(""));
    append(command, " ", entry.path("operation").asString(""));
    append(command, " attempt ", entry.path("attempt").asString(""));
    text.append(String.format("  %-34s", Terminal.clean(command.toString())));
    StringBuilder detail = new StringBuilder();
    JsonNode duration = entry.path("durationMs");
    append(detail, "", duration.isNumber() ? TimeText.duration(duration.asLong()) : "");
    append(detail, detail.isEmpty() ? "by " : " by ", entry.path("worker").asString(""));
    append(detail, detail.isEmpty() ? "" : ": ", entry.path("reason").asString(""));
    text.append("  ").append(Terminal.clean(detail.toString()));
    return text.toString().stripTrailing();
  }

  private static void append(StringBuilder text, String before, String value) {
    if (!value.isEmpty()) {
      text.append(before).append(value);
    }
  }
}

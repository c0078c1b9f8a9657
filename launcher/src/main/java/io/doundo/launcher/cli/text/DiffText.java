package io.doundo.launcher.cli.text;

import io.doundo.launcher.text.Terminal;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The differences of two definitions, for people: + added, - removed, ~ changed. */
public final class DiffText {

  private DiffText() {}

  public static List<String> lines(JsonNode diff, Terminal terminal) {
    List<String> lines = new ArrayList<>();
    String name = terminal.bold(Terminal.clean(diff.path("name").asString("")));
    String change = diff.path("change").asString("");
    String from = diff.path("from").asString("");
    switch (change) {
      case "NEW" -> lines.add(name + " is new.");
      case "UNCHANGED" ->
          lines.add(name + ": no change; version " + Terminal.clean(from) + " is the same.");
      default -> lines.add(name + (from.isEmpty() ? "" : ", compared with version " + from));
    }
    fields(diff, "  ", lines);
    for (JsonNode step : diff.path("steps")) {
      String stepName = Terminal.clean(step.path("name").asString(""));
      lines.add(
          switch (step.path("change").asString("")) {
            case "ADDED" -> terminal.green("+ " + stepName);
            case "REMOVED" -> terminal.red("- " + stepName);
            default -> terminal.yellow("~ " + stepName);
          });
      fields(step, "    ", lines);
    }
    edges(diff.path("edges").path("added"), "+", lines);
    edges(diff.path("edges").path("removed"), "-", lines);
    if (change.equals("CHANGED") && diff.path("steps").isEmpty() && diff.path("fields").isEmpty()) {
      lines.add("  Only expressions, schemas or texts differ; their values are not shown.");
    }
    return lines;
  }

  private static void fields(JsonNode place, String indent, List<String> lines) {
    for (JsonNode field : place.path("fields")) {
      lines.add(
          "%s%s: %s -> %s"
              .formatted(
                  indent,
                  Terminal.clean(field.path("path").asString("")),
                  value(field.path("from")),
                  value(field.path("to"))));
    }
  }

  private static void edges(JsonNode edges, String sign, List<String> lines) {
    for (JsonNode edge : edges) {
      String text =
          edge.isObject()
              ? edge.path("from").asString("") + " -> " + edge.path("to").asString("")
              : edge.isArray()
                  ? edge.path(0).asString("") + " -> " + edge.path(1).asString("")
                  : edge.asString("");
      lines.add("%s edge %s".formatted(sign, Terminal.clean(text)));
    }
  }

  private static String value(JsonNode value) {
    return value.isMissingNode() || value.isNull()
        ? "(none)"
        : Terminal.clean(value.isString() ? value.asString() : value.toString());
  }
}

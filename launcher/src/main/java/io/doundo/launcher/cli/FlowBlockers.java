package io.doundo.launcher.cli;

import io.doundo.launcher.text.Terminal;
import io.doundo.launcher.text.TimeText;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Possible reasons why a flow makes no progress, beyond its steps' states: a step without a
 * declared worker, and dead letters of the flow. A failed lookup is reported and does not prevent
 * the flow from being shown.
 */
final class FlowBlockers {

  private static final int DEAD_LETTERS_SEARCHED = 100;
  private static final int DEAD_LETTERS_SHOWN = 5;

  private final ServiceClient client;
  private final Terminal terminal;

  FlowBlockers(ServiceClient client, Terminal terminal) {
    this.client = client;
    this.terminal = terminal;
  }

  /** Sentences to print below the flow; none when there is nothing to say. */
  List<String> lines(JsonNode flow) {
    List<String> lines = new ArrayList<>();
    try {
      addUnserved(lines, flow);
      addDeadLetters(lines, flow.path("flowId").asString(""));
    } catch (CommandFailure e) {
      lines.add(
          "  The cause cannot be looked up: " + Terminal.clean(String.valueOf(e.getMessage())));
    }
    if (!lines.isEmpty()) {
      lines.add(0, "");
    }
    return lines;
  }

  private void addUnserved(List<String> lines, JsonNode flow) {
    Set<String> awaited = new LinkedHashSet<>();
    for (JsonNode step : flow.path("steps")) {
      if (step.path("attemptDeadlineAt").isString()) {
        awaited.add(step.path("name").asString(""));
      }
    }
    if (awaited.isEmpty()) {
      return;
    }
    String name = flow.path("orchestrationName").asString("");
    JsonNode definition = client.get("/api/orchestrations/" + ServiceClient.segment(name));
    for (JsonNode unserved : definition.path("unservedSteps")) {
      String step = unserved.asString("");
      if (awaited.contains(step)) {
        lines.add(
            terminal.yellow(
                "  %s: no worker has declared this step. Is its worker running?"
                    .formatted(Terminal.clean(step))));
      }
    }
  }

  private void addDeadLetters(List<String> lines, String flowId) {
    JsonNode letters =
        client.get("/api/dead-letters?limit=" + DEAD_LETTERS_SEARCHED).path("deadLetters");
    int found = 0;
    for (JsonNode letter : letters) {
      if (!isOf(flowId, letter)) {
        continue;
      }
      found++;
      if (found <= DEAD_LETTERS_SHOWN) {
        lines.add(
            terminal.yellow(
                "  dead letter of %s from %s-%s @ %s: %s"
                    .formatted(
                        TimeText.time(letter.path("timestamp")),
                        Terminal.clean(letter.path("topic").asString("?")),
                        letter.path("partition").asString("?"),
                        letter.path("offset").asString("?"),
                        Terminal.clean(letter.path("reason").asString("")))));
      }
    }
    if (found > DEAD_LETTERS_SHOWN) {
      lines.add(
          "  and %d more among the newest %d dead letters"
              .formatted(found - DEAD_LETTERS_SHOWN, DEAD_LETTERS_SEARCHED));
    }
  }

  /** By the record's key; an answer may have none, and then names its flow. */
  private static boolean isOf(String flowId, JsonNode letter) {
    if (letter.path("key").asString("").equals(flowId)) {
      return true;
    }
    try {
      JsonNode value = ServiceJson.MAPPER.readTree(letter.path("value").asString(""));
      return value.path("headers").path("flowId").asString("").equals(flowId)
          || value.path("flowId").asString("").equals(flowId);
    } catch (JacksonException e) {
      // It was not understood for a reason; so no field of it can be read either.
      return false;
    }
  }
}

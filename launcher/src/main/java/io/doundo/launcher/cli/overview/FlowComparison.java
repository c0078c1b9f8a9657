package io.doundo.launcher.cli.overview;

import io.doundo.launcher.cli.ServiceJson;
import io.doundo.launcher.text.TimeText;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Two flows side by side: their steps in the order of the first, then those that only the second
 * has, and the fields in which their payloads differ. Pure.
 */
final class FlowComparison {

  private static final List<String> COMPARED = List.of("status", "attempts", "undoAttempts");
  private static final int MOST_FIELDS = 100;

  private FlowComparison() {}

  /** The comparison as JSON: {@code steps}, {@code firstDivergence}, {@code payload}. */
  static ObjectNode of(JsonNode a, JsonNode b) {
    ObjectNode json = ServiceJson.MAPPER.createObjectNode();
    json.set("a", head(a));
    json.set("b", head(b));
    ArrayNode steps = json.putArray("steps");
    String divergence = null;
    Set<String> names = new LinkedHashSet<>();
    a.path("steps").forEach(step -> names.add(step.path("name").asString("")));
    b.path("steps").forEach(step -> names.add(step.path("name").asString("")));
    for (String name : names) {
      JsonNode left = step(a, name);
      JsonNode right = step(b, name);
      boolean differs = differs(left, right);
      if (differs && divergence == null) {
        divergence = name;
      }
      steps.add(row(name, left, right, differs));
    }
    json.put("firstDivergence", divergence);
    ArrayNode fields = json.putArray("payload");
    compare("", a.path("payload"), b.path("payload"), fields);
    return json;
  }

  private static ObjectNode head(JsonNode flow) {
    ObjectNode head = ServiceJson.MAPPER.createObjectNode();
    for (String field : List.of("flowId", "orchestrationName", "version", "status", "startedAt")) {
      if (flow.has(field)) {
        head.set(field, flow.path(field));
      }
    }
    return head.put("took", TimeText.between(flow.path("startedAt"), flow.path("completedAt")));
  }

  private static JsonNode step(JsonNode flow, String name) {
    for (JsonNode step : flow.path("steps")) {
      if (step.path("name").asString("").equals(name)) {
        return step;
      }
    }
    return MissingNode.getInstance();
  }

  private static boolean differs(JsonNode left, JsonNode right) {
    return COMPARED.stream()
        .anyMatch(field -> !left.path(field).asString("").equals(right.path(field).asString("")));
  }

  private static ObjectNode row(String name, JsonNode left, JsonNode right, boolean differs) {
    ObjectNode row = ServiceJson.MAPPER.createObjectNode().put("step", name);
    put(row.putObject("a"), left);
    put(row.putObject("b"), right);
    Double times = times(left.path("durationMs"), right.path("durationMs"));
    if (times != null) {
      row.put("durationTimes", times);
    }
    return row.put("differs", differs);
  }

  private static void put(ObjectNode side, JsonNode step) {
    for (String field :
        List.of(
            "status",
            "attempts",
            "undoAttempts",
            "durationMs",
            "workerService",
            "workerVersion",
            "errorMessage")) {
      if (step.hasNonNull(field)) {
        side.set(field, step.path(field));
      }
    }
  }

  /** How many times as long the second took; null when one of them took no time. */
  private static @Nullable Double times(JsonNode left, JsonNode right) {
    return left.asLong(0) > 0 && right.asLong(0) > 0
        ? Math.round(right.asDouble() / left.asDouble() * 100) / 100.0
        : null;
  }

  private static void compare(String path, JsonNode left, JsonNode right, ArrayNode fields) {
    if (fields.size() >= MOST_FIELDS || left.equals(right)) {
      return;
    }
    if (left.isObject() && right.isObject()) {
      Set<String> names = new TreeSet<>(left.propertyNames());
      names.addAll(right.propertyNames());
      for (String name : names) {
        compare(
            path.isEmpty() ? name : path + '.' + name, left.path(name), right.path(name), fields);
      }
      return;
    }
    ObjectNode field = fields.addObject().put("path", path.isEmpty() ? "(all)" : path);
    if (!left.isMissingNode()) {
      field.set("a", left);
    }
    if (!right.isMissingNode()) {
      field.set("b", right);
    }
  }
}

package io.doundo.launcher.cli.definition;

import io.doundo.launcher.cli.ServiceJson;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a definition differs from the registered one, in the form in which the service compares two
 * versions: {@code {name, change, from, fields, steps[{name, change, fields[{path, from, to}]}]}}.
 * Pure.
 */
final class DefinitionDiff {

  private DefinitionDiff() {}

  /**
   * @param registered the view of the newest version; null when there is none
   */
  static ObjectNode of(@Nullable JsonNode registered, Orchestration wanted) {
    ObjectNode diff = ServiceJson.MAPPER.createObjectNode().put("name", wanted.name());
    if (registered == null) {
      diff.put("change", "NEW");
      diff.putArray("fields");
      ArrayNode steps = diff.putArray("steps");
      wanted.allSteps().forEach(step -> change(steps, step.name(), "ADDED"));
      return diff;
    }
    boolean isSame = registered.path("definition").asString("").equals(wanted.id().header());
    diff.put("change", isSame ? "UNCHANGED" : "CHANGED");
    diff.set("from", registered.path("version"));
    ArrayNode fields = diff.putArray("fields");
    ArrayNode steps = diff.putArray("steps");
    if (!isSame) {
      compare(registered, head(wanted), fields);
      compareSteps(registered, wanted, steps);
    }
    return diff;
  }

  private static void compareSteps(JsonNode registered, Orchestration wanted, ArrayNode steps) {
    Map<String, JsonNode> before = new LinkedHashMap<>();
    addSteps(registered.path("steps"), before);
    Set<String> names = new LinkedHashSet<>(before.keySet());
    Map<String, Step> after = new LinkedHashMap<>();
    for (Step step : wanted.allSteps()) {
      after.put(step.name(), step);
      names.add(step.name());
    }
    for (String name : names) {
      JsonNode old = before.get(name);
      Step step = after.get(name);
      if (old == null) {
        change(steps, name, "ADDED");
      } else if (step == null) {
        change(steps, name, "REMOVED");
      } else {
        ArrayNode fields = ServiceJson.MAPPER.createArrayNode();
        compare(old, fields(step), fields);
        if (!fields.isEmpty()) {
          change(steps, name, "CHANGED").set("fields", fields);
        }
      }
    }
  }

  /** The steps, and those of their parts. */
  private static void addSteps(JsonNode steps, Map<String, JsonNode> all) {
    for (JsonNode step : steps) {
      all.put(step.path("name").asString(""), step);
      step.path("bodies").forEach(body -> addSteps(body.path("steps"), all));
    }
  }

  private static ObjectNode change(ArrayNode steps, String name, String change) {
    ObjectNode step = steps.addObject().put("name", name).put("change", change);
    step.putArray("fields");
    return step;
  }

  private static void compare(JsonNode before, JsonNode after, ArrayNode fields) {
    for (Map.Entry<String, JsonNode> field : after.properties()) {
      JsonNode old = before.path(field.getKey());
      if (!isSame(old, field.getValue())) {
        ObjectNode changed = fields.addObject().put("path", field.getKey());
        changed.set("from", old.isMissingNode() ? null : old);
        changed.set("to", field.getValue());
      }
    }
  }

  /** Absent, null and empty mean the same in a view. */
  private static boolean isSame(JsonNode old, JsonNode now) {
    return old.equals(now) || (isNothing(old) && isNothing(now));
  }

  private static boolean isNothing(JsonNode value) {
    return value.isMissingNode() || value.isNull() || (value.isContainer() && value.isEmpty());
  }

  private static ObjectNode head(Orchestration wanted) {
    Map<String, @Nullable Object> head = new LinkedHashMap<>();
    head.put("type", wanted.type());
    head.put("timeout", wanted.timeout());
    head.put("undoWindow", wanted.undoWindow());
    head.put("searchKey", wanted.searchKey());
    return tree(head);
  }

  /** A step as the service shows it, as far as it follows from the definition. */
  private static ObjectNode fields(Step step) {
    Work.Remote remote = step.work() instanceof Work.Remote own ? own : Work.Remote.PLAIN;
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("kind", step.work().kind());
    fields.put("when", step.when());
    fields.put("dependsOn", step.dependsOn());
    fields.put("after", step.after());
    fields.put("timeout", step.timeout());
    fields.put("onTimeout", step.onTimeout());
    fields.put("retry", step.retry());
    fields.put("undoRetry", step.undoRetry());
    fields.put("undoable", step.undoable());
    fields.put("undoFailed", step.undoFailed());
    fields.put("breaker", step.breaker());
    fields.put("onFailure", step.goesOn() ? "continue" : "undo");
    fields.put("pivot", step.pivot());
    fields.put("committed", step.isCommitted());
    fields.put("sharedTopic", remote.sharedTopic());
    fields.put("bindings", remote.bindings());
    fields.put("failStep", remote.failStep());
    if (step.work() instanceof Work.Choose choice) {
      fields.put("branches", List.copyOf(choice.branches()));
    }
    return tree(fields);
  }

  private static ObjectNode tree(Map<String, @Nullable Object> fields) {
    ObjectNode tree = ServiceJson.MAPPER.createObjectNode();
    fields.forEach(
        (name, value) ->
            tree.set(
                name,
                value == null
                    ? MissingNode.getInstance()
                    : ServiceJson.MAPPER.<JsonNode>valueToTree(value)));
    return tree;
  }
}

package io.doundo.orchestrator.query.definition;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.compiler.DefinitionCodec;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.JsonText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/**
 * What differs between two versions of an orchestration. Both are compared in the form in which
 * they are stored, so no field that makes a new version can be missing here; the service that
 * registered a version is no part of it.
 *
 * @param fields the changed fields of the orchestration itself
 * @param steps the steps that were added, removed or changed, in the order of the newer version;
 *     removed ones come last
 */
public record OrchestrationDiff(
    String name, int from, int to, List<FieldChange> fields, List<StepChange> steps, Edges edges) {

  /** What became of a step. */
  public enum Change {
    ADDED,
    REMOVED,
    CHANGED
  }

  /**
   * One step that differs.
   *
   * @param fields what changed in it; empty when it was added or removed
   */
  public record StepChange(String name, Change change, List<FieldChange> fields) {}

  /**
   * One field that differs.
   *
   * @param path where it is, such as {@code retry.maxAttempts}
   * @param from its earlier value; null when it had none
   * @param to its later value; null when it has none
   */
  public record FieldChange(String path, @Nullable JsonNode from, @Nullable JsonNode to) {}

  /** A step and one that waits for it. */
  public record Edge(String from, String to) {}

  /** The changes of what waits for what. */
  public record Edges(List<Edge> added, List<Edge> removed) {}

  /** The fields of the stored form that say how it is stored, or whose it is. */
  private static final List<String> NOT_CONTENT =
      List.of("schema", "hash", "initiator", "expressions", "orchestrationName", "steps");

  /** The fields that the stored form has in milliseconds. */
  private static final Set<String> DURATIONS =
      Set.of(
          "timeout",
          "undoWindow",
          "wait",
          "task.due",
          "retry.delay",
          "retry.maxDelay",
          "undoRetry.delay",
          "undoRetry.maxDelay");

  private static final Pattern BREAKER_DURATION =
      Pattern.compile("breakers\\.[^.]+\\.(window|openFor)");

  public OrchestrationDiff {
    fields = List.copyOf(fields);
    steps = List.copyOf(steps);
  }

  /** Compares two versions; their numbers only name them. */
  static OrchestrationDiff of(Orchestration before, int from, Orchestration after, int to) {
    JsonNode earlier = Json.MAPPER.readTree(DefinitionCodec.encode(before));
    JsonNode later = Json.MAPPER.readTree(DefinitionCodec.encode(after));
    List<FieldChange> fields = new ArrayList<>();
    for (String field : names(earlier, later)) {
      if (!NOT_CONTENT.contains(field)) {
        compare(field, earlier.get(field), later.get(field), fields);
      }
    }
    return new OrchestrationDiff(
        after.name(), from, to, fields, steps(earlier, later), edges(before, after));
  }

  private static List<StepChange> steps(JsonNode earlier, JsonNode later) {
    Map<String, JsonNode> before = byName(earlier);
    Map<String, JsonNode> after = byName(later);
    List<StepChange> changes = new ArrayList<>();
    after.forEach(
        (name, step) -> {
          JsonNode old = before.get(name);
          if (old == null) {
            changes.add(new StepChange(name, Change.ADDED, List.of()));
            return;
          }
          List<FieldChange> fields = new ArrayList<>();
          names(old, step)
              .forEach(field -> compare(field, old.get(field), step.get(field), fields));
          if (!fields.isEmpty()) {
            changes.add(new StepChange(name, Change.CHANGED, fields));
          }
        });
    before.keySet().stream()
        .filter(name -> !after.containsKey(name))
        .forEach(name -> changes.add(new StepChange(name, Change.REMOVED, List.of())));
    return changes;
  }

  private static Map<String, JsonNode> byName(JsonNode definition) {
    Map<String, JsonNode> steps = new LinkedHashMap<>();
    definition.required("steps").forEach(step -> steps.put(JsonText.required(step, "name"), step));
    return steps;
  }

  private static Set<String> names(JsonNode one, JsonNode other) {
    Set<String> names = new LinkedHashSet<>(one.propertyNames());
    names.addAll(other.propertyNames());
    return names;
  }

  /** Descends into objects; lists are compared whole. */
  private static void compare(
      String path, @Nullable JsonNode from, @Nullable JsonNode to, List<FieldChange> changes) {
    if (from != null && from.equals(to)) {
      return;
    }
    if (from != null && to != null && from.isObject() && to.isObject()) {
      for (String name : names(from, to)) {
        compare(below(path, name), from.get(name), to.get(name), changes);
      }
    } else {
      changes.add(new FieldChange(path, shown(path, from), shown(path, to)));
    }
  }

  private static String below(String path, String name) {
    return name.matches("[\\w$-]+") ? path + '.' + name : path + '[' + Json.string(name) + ']';
  }

  private static @Nullable JsonNode shown(String path, @Nullable JsonNode value) {
    boolean isDuration = DURATIONS.contains(path) || BREAKER_DURATION.matcher(path).matches();
    return value != null && value.isIntegralNumber() && isDuration
        ? StringNode.valueOf(Duration.ofMillis(value.longValue()).toString())
        : value;
  }

  private static Edges edges(Orchestration before, Orchestration after) {
    Set<Edge> earlier = edges(before);
    Set<Edge> later = edges(after);
    return new Edges(without(later, earlier), without(earlier, later));
  }

  private static Set<Edge> edges(Orchestration definition) {
    Set<Edge> edges = new LinkedHashSet<>();
    for (Step step : definition.allSteps()) {
      Stream<String> guard = Stream.ofNullable(step.guard()).map(branch -> branch.choice());
      Stream.of(step.dependsOn().stream(), step.after().stream(), guard)
          .flatMap(names -> names)
          .forEach(name -> edges.add(new Edge(name, step.name())));
    }
    return edges;
  }

  private static List<Edge> without(Collection<Edge> edges, Set<Edge> others) {
    return edges.stream().filter(edge -> !others.contains(edge)).toList();
  }
}

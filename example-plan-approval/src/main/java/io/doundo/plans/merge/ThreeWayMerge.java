package io.doundo.plans.merge;

import io.doundo.plans.json.PlanJson;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Merges two changes of one plan, field by field, however deep. A field that only one side has
 * changed takes that side's value; one that both have changed to the same value takes it; one that
 * both have changed differently is a conflict. Lists whose elements all have an {@code id} are
 * merged by it; any other list is a single value.
 */
public final class ThreeWayMerge {

  private final Map<String, Resolution> resolutions;
  private final Set<String> used = new HashSet<>();
  private final List<Conflict> conflicts = new ArrayList<>();

  private ThreeWayMerge(Map<String, Resolution> resolutions) {
    this.resolutions = resolutions;
  }

  /**
   * Merges.
   *
   * @param base what both changes began with
   * @param resolutions what a person has decided; of two for one path the last one counts
   */
  public static MergeResult of(
      ObjectNode base, ObjectNode draft, ObjectNode current, Collection<Resolution> resolutions) {
    Map<String, Resolution> byPath =
        resolutions.stream()
            .collect(Collectors.toMap(Resolution::path, Function.identity(), (a, b) -> b));
    ThreeWayMerge merge = new ThreeWayMerge(byPath);
    ObjectNode plan = merge.objects("", base, draft, current);
    Set<String> unused = new HashSet<>(byPath.keySet());
    unused.removeAll(merge.used);
    return new MergeResult(plan, merge.conflicts, unused);
  }

  private @Nullable JsonNode merged(
      String path, @Nullable JsonNode base, @Nullable JsonNode draft, @Nullable JsonNode current) {
    if (PlanJson.same(draft, current) || PlanJson.same(current, base)) {
      return draft;
    }
    if (PlanJson.same(draft, base)) {
      return current;
    }
    if (draft instanceof ObjectNode mine
        && current instanceof ObjectNode theirs
        && (base == null || base.isObject())) {
      return objects(path, base == null ? PlanJson.object() : (ObjectNode) base, mine, theirs);
    }
    if (KeyedList.isKeyed(draft)
        && KeyedList.isKeyed(current)
        && (base == null || KeyedList.isKeyed(base))) {
      return lists(path, KeyedList.of(base), KeyedList.of(draft), KeyedList.of(current));
    }
    return decided(new Conflict(path, base, draft, current));
  }

  private ObjectNode objects(String path, ObjectNode base, ObjectNode draft, ObjectNode current) {
    ObjectNode all = PlanJson.object();
    Set<String> names = new LinkedHashSet<>(current.propertyNames());
    names.addAll(draft.propertyNames());
    for (String name : names) {
      String field = path.isEmpty() ? name : path + '.' + name;
      JsonNode value = merged(field, base.get(name), draft.get(name), current.get(name));
      if (value != null) {
        all.set(name, value);
      }
    }
    return all;
  }

  private JsonNode lists(String path, KeyedList base, KeyedList draft, KeyedList current) {
    List<JsonNode> all = new ArrayList<>();
    Set<String> ids = new LinkedHashSet<>(current.ids());
    ids.addAll(draft.ids());
    for (String id : ids) {
      JsonNode value = merged(path + '[' + id + ']', base.get(id), draft.get(id), current.get(id));
      if (value != null) {
        all.add(value);
      }
    }
    return PlanJson.MAPPER.createArrayNode().addAll(all);
  }

  private @Nullable JsonNode decided(Conflict conflict) {
    Resolution resolution = resolutions.get(conflict.path());
    if (resolution == null) {
      conflicts.add(conflict);
      return conflict.current();
    }
    used.add(conflict.path());
    if (resolution.value() != null) {
      return resolution.value();
    }
    return resolution.choose() == Resolution.Side.DRAFT ? conflict.draft() : conflict.current();
  }
}

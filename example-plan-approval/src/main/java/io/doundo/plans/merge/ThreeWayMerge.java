package io.doundo.plans.merge;

import io.doundo.plans.json.PlanJson;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Merges two changes of one plan, field by field, however deep. A field that only one side has
 * changed takes that side's value; one that both have changed to the same value takes it; one that
 * both have changed differently is a conflict. Lists whose elements all have an {@code id} are
 * merged by it, and their order is one more field; any other list is a single value.
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
    Map<String, JsonNode> elements = new HashMap<>();
    for (String id : interleaved(current.ids(), draft.ids())) {
      JsonNode value = merged(path + '[' + id + ']', base.get(id), draft.get(id), current.get(id));
      if (value != null) {
        elements.put(id, value);
      }
    }
    ArrayNode all = PlanJson.MAPPER.createArrayNode();
    order(path + KeyedList.ORDER, base, draft, current, elements.keySet())
        .forEach(id -> all.add(elements.get(id)));
    return all;
  }

  /**
   * The order of the elements that both sides together have: that of the side which has changed it.
   */
  private List<String> order(
      String path, KeyedList base, KeyedList draft, KeyedList current, Set<String> kept) {
    List<String> mine = draft.idsIn(current);
    List<String> theirs = current.idsIn(draft);
    List<String> before = base.ids().stream().filter(mine::contains).toList();
    List<String> withDraftFirst = kept(interleaved(draft.ids(), current.ids()), kept);
    List<String> withCurrentFirst = kept(interleaved(current.ids(), draft.ids()), kept);
    if (mine.equals(theirs) || mine.equals(before)) {
      return withCurrentFirst;
    }
    if (theirs.equals(before)) {
      return withDraftFirst;
    }
    Conflict conflict =
        new Conflict(
            path,
            PlanJson.MAPPER.valueToTree(kept(base.ids(), kept)),
            PlanJson.MAPPER.valueToTree(withDraftFirst),
            PlanJson.MAPPER.valueToTree(withCurrentFirst));
    JsonNode decided = Objects.requireNonNull(decided(conflict));
    List<String> order = decided.valueStream().map(id -> id.asString("")).toList();
    if (!order.stream().sorted().toList().equals(kept.stream().sorted().toList())) {
      // A third order that forgets an element, or names an unknown one, decides nothing.
      conflicts.add(conflict);
      return withCurrentFirst;
    }
    return order;
  }

  private static List<String> kept(Collection<String> ids, Set<String> kept) {
    return ids.stream().filter(kept::contains).toList();
  }

  /**
   * All ids of both lists in the order of the first. One that only the second has follows the id
   * that it follows there, after those that only the first has at that place.
   */
  private static List<String> interleaved(Set<String> first, Set<String> second) {
    List<String> all = new ArrayList<>(first);
    int place = 0;
    for (String id : second) {
      if (!first.contains(id)) {
        while (place < all.size() && !second.contains(all.get(place))) {
          place++;
        }
        all.add(place, id);
      }
      place = all.indexOf(id) + 1;
    }
    return all;
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

package io.doundo.plans.merge;

import io.doundo.plans.json.PlanJson;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The fields in which two versions of a plan differ, for people. */
public final class Changes {

  private final List<Change> found = new ArrayList<>();

  private Changes() {}

  /** In the order of the fields; those that are gone come last. */
  public static List<Change> between(ObjectNode before, ObjectNode after) {
    Changes changes = new Changes();
    changes.objects("", before, after);
    return List.copyOf(changes.found);
  }

  private void compare(String path, @Nullable JsonNode before, @Nullable JsonNode after) {
    if (PlanJson.same(before, after)) {
      return;
    }
    if (before instanceof ObjectNode old && after instanceof ObjectNode now) {
      objects(path, old, now);
    } else if (KeyedList.isKeyed(before) && KeyedList.isKeyed(after)) {
      lists(path, KeyedList.of(before), KeyedList.of(after));
    } else {
      found.add(new Change(path, before, after));
    }
  }

  private void objects(String path, ObjectNode before, ObjectNode after) {
    Set<String> names = new LinkedHashSet<>(after.propertyNames());
    names.addAll(before.propertyNames());
    for (String name : names) {
      compare(path.isEmpty() ? name : path + '.' + name, before.get(name), after.get(name));
    }
  }

  private void lists(String path, KeyedList before, KeyedList after) {
    Set<String> ids = new LinkedHashSet<>(after.ids());
    ids.addAll(before.ids());
    for (String id : ids) {
      compare(path + '[' + id + ']', before.get(id), after.get(id));
    }
    if (!before.idsIn(after).equals(after.idsIn(before))) {
      found.add(new Change(path + KeyedList.ORDER, order(before), order(after)));
    }
  }

  private static JsonNode order(KeyedList list) {
    return PlanJson.MAPPER.valueToTree(List.copyOf(list.ids()));
  }
}

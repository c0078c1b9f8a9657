package io.doundo.plans.merge;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A list whose elements are told apart by their {@code id}. */
record KeyedList(Map<String, JsonNode> elements) {

  /** Follows the path of a list where only the order of its elements is meant. */
  static final String ORDER = " (order)";

  /** Whether every element is an object with an id that no other one has. */
  static boolean isKeyed(@Nullable JsonNode list) {
    return list != null
        && list.isArray()
        && list.valueStream().allMatch(element -> element.path("id").isString())
        && of(list).elements.size() == list.size();
  }

  /** An absent list has no elements. */
  static KeyedList of(@Nullable JsonNode list) {
    Map<String, JsonNode> elements = new LinkedHashMap<>();
    if (list != null) {
      list.forEach(element -> elements.put(element.path("id").asString(), element));
    }
    return new KeyedList(elements);
  }

  Set<String> ids() {
    return elements.keySet();
  }

  /** The ids that the other list has as well, in the order of this one. */
  List<String> idsIn(KeyedList other) {
    return ids().stream().filter(other.ids()::contains).toList();
  }

  @Nullable JsonNode get(String id) {
    return elements.get(id);
  }
}

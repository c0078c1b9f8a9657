package io.doundo.expression.library;

import io.doundo.expression.value.Budget;
import io.doundo.expression.value.Comparison;
import io.doundo.expression.value.LazyFields;
import io.doundo.expression.value.NoValueException;
import io.doundo.expression.value.Values;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The functions of maps. Fields keep the order in which they first appeared. */
final class Maps {

  private Maps() {}

  /** The fields of both maps; the second one wins. */
  static Object merge(Budget budget, Object[] arguments) {
    if (arguments[0] instanceof LazyFields first && arguments[1] instanceof LazyFields second) {
      return first.merge(second);
    }
    Map<Object, Object> merged = new LinkedHashMap<>(map(arguments[0]));
    merged.putAll(map(arguments[1]));
    return merged;
  }

  /** The named fields; missing ones are left out. */
  static Object pick(Budget budget, Object[] arguments) {
    return filtered(arguments, true);
  }

  /** All fields except the named ones. */
  static Object omit(Budget budget, Object[] arguments) {
    return filtered(arguments, false);
  }

  private static Object filtered(Object[] arguments, boolean isPick) {
    Set<Object> names = new HashSet<>();
    for (Object name : (List<?>) arguments[1]) {
      names.add(Comparison.key(name));
    }
    if (arguments[0] instanceof LazyFields fields) {
      return fields.filter(name -> names.contains(name) == isPick);
    }
    Map<Object, Object> filtered = new LinkedHashMap<>();
    map(arguments[0])
        .forEach(
            (name, value) -> {
              if (names.contains(name) == isPick) {
                filtered.put(name, value);
              }
            });
    return filtered;
  }

  /** The fields under other names, given as a map from old to new names. */
  static Object rename(Budget budget, Object[] arguments) {
    Map<?, ?> names = map(arguments[1]);
    Map<Object, Object> renamed = new LinkedHashMap<>();
    map(arguments[0])
        .forEach(
            (name, value) -> {
              Object other = names.get(name);
              Object to = other == null ? name : Comparison.key(other);
              if (renamed.put(to, value) != null) {
                throw new NoValueException("rename: two fields would be named \"" + to + "\"");
              }
            });
    return renamed;
  }

  static Object entries(Budget budget, Object[] arguments) {
    List<Object> entries = new ArrayList<>();
    map(arguments[0])
        .forEach(
            (name, value) -> {
              Map<String, Object> entry = new LinkedHashMap<>();
              entry.put("key", name);
              entry.put("value", value);
              entries.add(entry);
            });
    return entries;
  }

  /**
   * Adds to the map that a macro of CEL builds. No expression can name that map before it is
   * finished, so it is extended in place.
   */
  @SuppressWarnings("unchecked")
  static Object insert(Budget budget, Object[] arguments) {
    Map<Object, Object> map = (Map<Object, Object>) arguments[0];
    if (arguments.length == 3) {
      put(budget, map, arguments[1], arguments[2]);
    } else if (arguments[1] instanceof Map<?, ?> entries) {
      entries.forEach((name, value) -> put(budget, map, name, value));
    } else {
      throw new NoValueException(
          "transformMapEntry needs a map with one entry but has " + Values.kind(arguments[1]));
    }
    return map;
  }

  private static void put(Budget budget, Map<Object, Object> map, Object name, Object value) {
    budget.charge(Budget.NODE);
    if (map.put(Comparison.key(name), value) != null) {
      throw new NoValueException("the key \"" + name + "\" is there twice");
    }
  }

  private static Map<?, ?> map(Object value) {
    return (Map<?, ?>) value;
  }
}

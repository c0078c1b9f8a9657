package io.doundo.expression.value;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code a.b}, {@code a[i]}, {@code has(a.b)}, {@code a.?b} and {@code a[?i]}. An optional value
 * stays optional: what is read from it is optional too.
 */
public final class Access {

  private Access() {}

  /**
   * A field of a map.
   *
   * @param shown the holder's expression, for the error
   */
  public static Object field(Object holder, String name, String shown) {
    if (holder instanceof Optional<?> optional) {
      return optional.flatMap(inside -> optionalField(inside, name, shown));
    }
    if (!(holder instanceof Map<?, ?> map)) {
      throw new NoValueException(notIn(holder, name, shown));
    }
    Object value = map.get(name);
    if (value == null) {
      throw new NoValueException(
          "\"" + name + "\" is not in " + shown + " (has: " + known(map.keySet()) + ")");
    }
    return value;
  }

  /** Whether the field exists. Its holder must exist. */
  public static boolean has(Object holder, String name, String shown) {
    if (holder instanceof Optional<?> optional) {
      return optional.isPresent() && has(optional.get(), name, shown);
    }
    if (holder == Values.NULL) {
      return false;
    }
    if (holder instanceof Map<?, ?> map) {
      return map.containsKey(name);
    }
    throw new NoValueException(notIn(holder, name, shown));
  }

  /** The field if it exists; null has none. */
  public static Optional<Object> optionalField(Object holder, Object name, String shown) {
    if (holder instanceof Optional<?> optional) {
      return optional.flatMap(inside -> optionalField(inside, name, shown));
    }
    if (holder == Values.NULL) {
      return Optional.empty();
    }
    if (holder instanceof Map<?, ?> map) {
      return Optional.ofNullable(map.get(Comparison.key(name)));
    }
    throw new NoValueException(notIn(holder, String.valueOf(name), shown));
  }

  /** An element of a list, or the value at the key of a map. */
  public static Object index(Object holder, Object index, String shown) {
    if (holder instanceof Optional<?> optional) {
      return optional.flatMap(inside -> optionalIndex(inside, index, shown));
    }
    if (holder instanceof Map<?, ?> map) {
      Object value = map.get(Comparison.key(index));
      if (value == null) {
        String name = index instanceof String text ? text : keyText(index);
        throw new NoValueException(
            "\"" + name + "\" is not in " + shown + " (has: " + known(map.keySet()) + ")");
      }
      return value;
    }
    if (holder instanceof List<?> list) {
      long at = position(index, shown);
      if (at < 0 || at >= list.size()) {
        throw new NoValueException(
            "there is no element " + at + " in " + shown + ", which has " + list.size());
      }
      return list.get((int) at);
    }
    throw new NoValueException(
        shown + " is " + Values.kind(holder) + "; only lists and maps have elements");
  }

  /** The element if it exists; null has none. */
  public static Optional<Object> optionalIndex(Object holder, Object index, String shown) {
    if (holder instanceof Optional<?> optional) {
      return optional.flatMap(inside -> optionalIndex(inside, index, shown));
    }
    if (holder instanceof List<?> list) {
      long at = position(index, shown);
      return at < 0 || at >= list.size() ? Optional.empty() : Optional.of(list.get((int) at));
    }
    return optionalField(holder, index, shown);
  }

  private static long position(Object index, String shown) {
    Long at = Comparison.integer(index);
    if (at == null) {
      throw new NoValueException(
          "an element of " + shown + " needs a whole number but has " + Values.kind(index));
    }
    return at;
  }

  private static String keyText(Object key) {
    return key instanceof Long || key instanceof Double || key instanceof Boolean
        ? String.valueOf(Comparison.key(key))
        : Values.kind(key);
  }

  private static String notIn(Object holder, String name, String shown) {
    return "\"" + name + "\" is not in " + shown + ", which is " + Values.kind(holder);
  }

  /** The existing names, for the error about a missing one. */
  public static String known(Set<?> names) {
    if (names.isEmpty()) {
      return "nothing";
    }
    int most = 12;
    List<String> first =
        names.stream().limit(most).map(name -> shortened(String.valueOf(name))).toList();
    return String.join(", ", first) + (names.size() > most ? ", …" : "");
  }

  /** The beginning of a text, for an error. */
  public static String shortened(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }

  /**
   * The value as an optional one.
   *
   * @throws NoValueException when it is not an optional one
   */
  public static Optional<?> optional(Object value) {
    if (value instanceof Optional<?> optional) {
      return optional;
    }
    throw new NoValueException(
        "an optional value is needed, as a.?b gives it, but this is " + Values.kind(value));
  }
}

package io.doundo.orchestrator.query.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values by a number that stays theirs, so that a row holds four bytes instead of a text. One
 * thread adds, any may look up.
 */
final class Dictionary<T> {

  private final Map<T, Integer> numbers = new HashMap<>();

  /** Replaced as a whole when it grows; a place is filled before its number is given away. */
  private volatile Object[] values = new Object[16];

  private volatile int size;

  /** The number of a value; a new one if it has none. */
  int add(T value) {
    Integer known = numbers.get(value);
    if (known != null) {
      return known;
    }
    int number = size;
    Object[] current = values;
    if (number == current.length) {
      current = Arrays.copyOf(current, 2 * number);
    }
    current[number] = value;
    values = current;
    size = number + 1;
    numbers.put(value, number);
    return number;
  }

  /** The value of a number that {@link #add} has given. */
  @SuppressWarnings("unchecked") // Only values of this type are put in.
  T get(int number) {
    return (T) values[number];
  }

  /** The number of a value; null if it has none. For the adding thread. */
  @Nullable Integer find(T value) {
    return numbers.get(value);
  }

  int size() {
    return size;
  }

  /** All values, in the order of their numbers. */
  List<T> all() {
    int known = size;
    List<T> all = new ArrayList<>(known);
    for (int number = 0; number < known; number++) {
      all.add(get(number));
    }
    return all;
  }

  /** Gives a number to another value. */
  void replace(int number, T value) {
    numbers.remove(get(number));
    Object[] current = values;
    current[number] = value;
    values = current;
    numbers.put(value, number);
  }
}

package io.doundo.expression.library;

import io.doundo.expression.value.Access;
import io.doundo.expression.value.Arithmetic;
import io.doundo.expression.value.Budget;
import io.doundo.expression.value.Comparison;
import io.doundo.expression.value.NoValueException;
import io.doundo.expression.value.OverBudgetException;
import io.doundo.expression.value.Values;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The functions of lists. */
final class Lists {

  private Lists() {}

  static Object sum(Budget budget, Object[] arguments) {
    Object sum = 0L;
    for (Object number : list(arguments[0])) {
      sum = Arithmetic.add(budget, sum, Numbers.require("sum", number));
    }
    return sum;
  }

  static Object average(Budget budget, Object[] arguments) {
    List<?> numbers = list(arguments[0]);
    requireElements("avg", numbers);
    return Arithmetic.number(sum(budget, arguments)) / numbers.size();
  }

  static Object extreme(Object numbers, String function, int sign) {
    requireElements(function, list(numbers));
    Object best = Numbers.require(function, list(numbers).get(0));
    for (Object element : list(numbers)) {
      Object number = Numbers.require(function, element);
      if (sign * Comparison.compareNumbers(number, best) > 0) {
        best = number;
      }
    }
    return best;
  }

  static Object groupBy(Budget budget, Object[] arguments) {
    Map<String, List<Object>> groups = new LinkedHashMap<>();
    for (Object row : list(arguments[0])) {
      String key = Values.text(Access.field(row, (String) arguments[1], "an element of the list"));
      groups.computeIfAbsent(key, any -> new ArrayList<>()).add(row);
    }
    return groups;
  }

  static Object flatten(Budget budget, Object[] arguments) {
    List<Object> flat = new ArrayList<>();
    for (Object element : list(arguments[0])) {
      if (element instanceof List<?> list) {
        Budget.requireSize(8L * (flat.size() + (long) list.size()));
        flat.addAll(list);
      } else {
        flat.add(element);
      }
    }
    return flat;
  }

  static Object slice(Budget budget, Object[] arguments) {
    List<?> list = list(arguments[0]);
    long begin = (Long) arguments[1];
    long end = (Long) arguments[2];
    if (begin < 0 || end < begin || end > list.size()) {
      throw new NoValueException(
          "slice: %d to %d is outside the list, which has %d elements"
              .formatted(begin, end, list.size()));
    }
    return new ArrayList<>(list.subList((int) begin, (int) end));
  }

  static Object reverse(Budget budget, Object[] arguments) {
    if (arguments[0] instanceof String text) {
      return new StringBuilder(text).reverse().toString();
    }
    if (arguments[0] instanceof List<?> list) {
      List<Object> reversed = new ArrayList<>(list);
      Collections.reverse(reversed);
      return reversed;
    }
    throw new NoValueException(
        "reverse needs a list or a text but has " + Values.kind(arguments[0]));
  }

  static Object distinct(Budget budget, Object[] arguments) {
    List<Object> distinct = new ArrayList<>();
    for (Object element : list(arguments[0])) {
      if (!Comparison.contains(budget, distinct, element)) {
        distinct.add(element);
      }
    }
    return distinct;
  }

  static Object sort(Budget budget, Object[] arguments) {
    List<?> list = list(arguments[0]);
    return sorted(budget, "sort", list, list);
  }

  /** Sorts by a field of each element. */
  static Object sortBy(Budget budget, Object[] arguments) {
    List<Object> keys = new ArrayList<>();
    for (Object row : list(arguments[0])) {
      keys.add(Access.field(row, (String) arguments[1], "an element of the list"));
    }
    return sorted(budget, "sortBy", list(arguments[0]), keys);
  }

  /** Elements with the same key keep their order. */
  private static List<Object> sorted(
      Budget budget, String function, List<?> elements, List<?> keys) {
    requireSortable(function, keys);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      order.add(i);
    }
    order.sort((a, b) -> compare(budget, function, keys.get(a), keys.get(b)));
    List<Object> sorted = new ArrayList<>();
    order.forEach(index -> sorted.add(elements.get(index)));
    return sorted;
  }

  private static int compare(Budget budget, String function, Object left, Object right) {
    budget.charge(2L * Budget.NODE);
    return Comparison.compare(budget, function, left, right);
  }

  /** Checked before sorting, so that the error does not depend on which two are compared first. */
  private static void requireSortable(String function, List<?> keys) {
    for (Object key : keys) {
      boolean isSortable =
          Arithmetic.isNumber(key)
              || key instanceof String
              || key instanceof Boolean
              || key instanceof Instant
              || key instanceof Duration;
      boolean isLikeFirst = Values.kind(key).equals(Values.kind(keys.get(0)));
      if (!isSortable || !isLikeFirst) {
        throw new NoValueException(
            function
                + " needs numbers only, texts only or times only, but one is "
                + Values.kind(key));
      }
    }
  }

  static Object range(Budget budget, Object[] arguments) {
    long size = (Long) arguments[0];
    if (size < 0) {
      throw new NoValueException("lists.range needs a size of zero or more");
    }
    if (size > Budget.MAX_ITERATIONS) {
      throw new OverBudgetException(
          "lists.range: the list is too large: at most "
              + Budget.MAX_ITERATIONS
              + " elements are allowed");
    }
    budget.charge(16L * size);
    List<Object> range = new ArrayList<>();
    for (long i = 0; i < size; i++) {
      range.add(i);
    }
    return range;
  }

  static Object containsAll(Budget budget, Object[] arguments) {
    List<?> all = list(arguments[0]);
    for (Object element : list(arguments[1])) {
      if (!Comparison.contains(budget, all, element)) {
        return false;
      }
    }
    return true;
  }

  static Object equivalent(Budget budget, Object[] arguments) {
    Object[] reversed = {arguments[1], arguments[0]};
    return (Boolean) containsAll(budget, arguments) && (Boolean) containsAll(budget, reversed);
  }

  static Object intersects(Budget budget, Object[] arguments) {
    for (Object element : list(arguments[1])) {
      if (Comparison.contains(budget, arguments[0], element)) {
        return true;
      }
    }
    return false;
  }

  private static void requireElements(String function, List<?> list) {
    if (list.isEmpty()) {
      throw new NoValueException(function + " of an empty list has no value");
    }
  }

  private static List<?> list(Object value) {
    return (List<?>) value;
  }
}

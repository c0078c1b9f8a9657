package io.doundo.expression.value;

import io.doundo.expression.value.Values.HugeNumber;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Equality and order of values; numbers compare by value, whatever their type. */
public final class Comparison {

  private Comparison() {}

  /** Whether two values are equal; values of different types are not. */
  public static boolean same(Budget budget, Object left, Object right) {
    if (left instanceof String a && right instanceof String b) {
      budget.charge(Math.min(a.length(), b.length()));
      return a.equals(b);
    }
    if (Arithmetic.isNumber(left) && Arithmetic.isNumber(right)) {
      return compareNumbers(left, right) == 0;
    }
    if (left instanceof List<?> a && right instanceof List<?> b) {
      return sameLists(budget, a, b);
    }
    if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
      return sameMaps(budget, a, b);
    }
    return left.equals(right);
  }

  private static boolean sameLists(Budget budget, List<?> left, List<?> right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      budget.charge(Budget.NODE);
      if (!same(budget, left.get(i), right.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameMaps(Budget budget, Map<?, ?> left, Map<?, ?> right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (Map.Entry<?, ?> field : left.entrySet()) {
      budget.charge(Budget.NODE);
      Object other = right.get(field.getKey());
      if (other == null || !same(budget, field.getValue(), other)) {
        return false;
      }
    }
    return true;
  }

  /** {@code value in container}. */
  public static boolean contains(Budget budget, Object container, Object value) {
    if (container instanceof List<?> list) {
      for (Object element : list) {
        budget.charge(Budget.NODE);
        if (same(budget, element, value)) {
          return true;
        }
      }
      return false;
    }
    if (container instanceof Map<?, ?> map) {
      return map.containsKey(key(value));
    }
    throw new NoValueException("in needs a list or a map but has " + Values.kind(container));
  }

  /** A value as the key of a map: a decimal that is an integer is that integer. */
  public static Object key(Object value) {
    Long integer = integer(value);
    if (integer != null) {
      return integer;
    }
    if (value instanceof String || value instanceof Boolean || value instanceof Double) {
      return value;
    }
    throw new NoValueException(
        "the key of a map must be a text, a number or a boolean but is " + Values.kind(value));
  }

  /** The number as an integer; null when it is not one. */
  public static @Nullable Long integer(Object value) {
    if (value instanceof Long integer) {
      return integer;
    }
    if (value instanceof Double number
        && number == Math.rint(number)
        && number >= -0x1p63
        && number < 0x1p63) {
      return number.longValue();
    }
    return null;
  }

  /** Negative, zero or positive, as the first comes before, is the same as or after the second. */
  public static int compare(Budget budget, String operator, Object left, Object right) {
    if (Arithmetic.isNumber(left) && Arithmetic.isNumber(right)) {
      return compareNumbers(left, right);
    }
    if (left instanceof String a && right instanceof String b) {
      budget.charge(Math.min(a.length(), b.length()));
      return a.compareTo(b);
    }
    if (left instanceof Boolean a && right instanceof Boolean b) {
      return a.compareTo(b);
    }
    if (left instanceof Instant a && right instanceof Instant b) {
      return a.compareTo(b);
    }
    if (left instanceof Duration a && right instanceof Duration b) {
      return a.compareTo(b);
    }
    if (left instanceof HugeNumber huge) {
      throw Values.tooLarge(huge);
    }
    if (right instanceof HugeNumber huge) {
      throw Values.tooLarge(huge);
    }
    throw new NoValueException(
        operator + " cannot compare " + Values.kind(left) + " and " + Values.kind(right));
  }

  /** Compares two numbers by value, even where a double cannot express the integer. */
  public static int compareNumbers(Object left, Object right) {
    if (left instanceof Long a && right instanceof Long b) {
      return Long.compare(a, b);
    }
    if (left instanceof Long a) {
      return compare(a, (Double) right);
    }
    if (right instanceof Long b) {
      return -compare(b, (Double) left);
    }
    double a = (Double) left;
    double b = (Double) right;
    // Not Double.compare: to it, minus zero comes before zero.
    return a < b ? -1 : a > b ? 1 : 0;
  }

  private static int compare(long integer, double number) {
    if (number >= 0x1p63) {
      return -1;
    }
    if (number < -0x1p63) {
      return 1;
    }
    int whole = Long.compare(integer, (long) number);
    double cut = (long) number;
    return whole != 0 ? whole : cut < number ? -1 : cut > number ? 1 : 0;
  }
}

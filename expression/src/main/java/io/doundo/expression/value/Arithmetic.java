package io.doundo.expression.value;

import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * {@code + - * / %} on values whose types are known only at evaluation. CEL's own operators do not
 * mix integers and doubles, so that an expression would fail on the day the data holds a decimal.
 * Here integers stay integers, an integer with a double gives a double, and a result that does not
 * fit is an error.
 */
public final class Arithmetic {

  private Arithmetic() {}

  public static Object add(Budget budget, Object left, Object right) {
    if (left instanceof Long a && right instanceof Long b) {
      return exact("+", a, b, () -> Math.addExact(a, b));
    }
    if (isNumber(left) && isNumber(right)) {
      return finite("+", left, right, number(left) + number(right));
    }
    if (left instanceof String a && right instanceof String b) {
      Budget.requireSize((long) a.length() + b.length());
      budget.charge((long) a.length() + b.length());
      return a + b;
    }
    if (left instanceof List<?> a && right instanceof List<?> b) {
      return JoinedList.of(budget, a, b);
    }
    if (left instanceof Instant a && right instanceof Duration b) {
      return Times.requireTime(() -> a.plus(b));
    }
    if (left instanceof Duration a && right instanceof Instant b) {
      return Times.requireTime(() -> b.plus(a));
    }
    if (left instanceof Duration a && right instanceof Duration b) {
      return Times.requireDuration(a.plus(b));
    }
    throw unfit("+", left, right);
  }

  public static Object subtract(Object left, Object right) {
    if (left instanceof Long a && right instanceof Long b) {
      return exact("-", a, b, () -> Math.subtractExact(a, b));
    }
    if (isNumber(left) && isNumber(right)) {
      return finite("-", left, right, number(left) - number(right));
    }
    if (left instanceof Instant a && right instanceof Instant b) {
      return Duration.between(b, a);
    }
    if (left instanceof Instant a && right instanceof Duration b) {
      return Times.requireTime(() -> a.minus(b));
    }
    if (left instanceof Duration a && right instanceof Duration b) {
      return Times.requireDuration(a.minus(b));
    }
    throw unfit("-", left, right);
  }

  public static Object multiply(Object left, Object right) {
    if (left instanceof Long a && right instanceof Long b) {
      return exact("*", a, b, () -> Math.multiplyExact(a, b));
    }
    if (isNumber(left) && isNumber(right)) {
      return finite("*", left, right, number(left) * number(right));
    }
    throw unfit("*", left, right);
  }

  public static Object divide(Object left, Object right) {
    if (!isNumber(left) || !isNumber(right)) {
      throw unfit("/", left, right);
    }
    if (number(right) == 0) {
      throw new NoValueException(Values.text(left) + " / 0 is a division by zero");
    }
    if (left instanceof Long a && right instanceof Long b) {
      return exact("/", a, b, () -> b == -1 ? Math.negateExact(a) : a / b);
    }
    return finite("/", left, right, number(left) / number(right));
  }

  public static Object remainder(Object left, Object right) {
    if (left instanceof Long a && right instanceof Long b) {
      if (b == 0) {
        throw new NoValueException(a + " % 0 is a division by zero");
      }
      return b == -1 ? 0L : a % b;
    }
    if (isNumber(left) && isNumber(right)) {
      throw new NoValueException("% needs two integers, but one of the numbers is a decimal");
    }
    throw unfit("%", left, right);
  }

  public static Object negate(Object value) {
    if (value instanceof Long a) {
      return exact("-", 0L, a, () -> Math.negateExact(a));
    }
    if (value instanceof Double a) {
      return -a;
    }
    throw new NoValueException("- needs a number but has " + Values.kind(value));
  }

  public static boolean isNumber(Object value) {
    return value instanceof Long || value instanceof Double;
  }

  public static double number(Object value) {
    return ((Number) value).doubleValue();
  }

  private interface Exact {
    long value();
  }

  private static Object exact(String operator, long left, long right, Exact operation) {
    try {
      return operation.value();
    } catch (ArithmeticException e) {
      throw new NoValueException(
          left + " " + operator + " " + right + " does not fit into an integer of 64 bits");
    }
  }

  private static Object finite(String operator, Object left, Object right, double result) {
    if (Double.isInfinite(result) || Double.isNaN(result)) {
      throw new NoValueException(
          Values.text(left)
              + " "
              + operator
              + " "
              + Values.text(right)
              + " does not fit into a number");
    }
    return result;
  }

  private static NoValueException unfit(String operator, Object left, Object right) {
    if (left instanceof Values.HugeNumber huge) {
      return Values.tooLarge(huge);
    }
    if (right instanceof Values.HugeNumber huge) {
      return Values.tooLarge(huge);
    }
    return new NoValueException(
        operator + " cannot combine " + Values.kind(left) + " and " + Values.kind(right));
  }

  /**
   * Two lists one after the other. CEL's macros build their lists by adding one element at a time;
   * such lists share their elements, so that this is linear.
   */
  private static final class JoinedList extends AbstractList<Object> implements RandomAccess {

    private final List<Object> shared;
    private final int size;

    private JoinedList(List<Object> shared) {
      this.shared = shared;
      this.size = shared.size();
    }

    static List<?> of(Budget budget, List<?> left, List<?> right) {
      if (right.isEmpty()) {
        return left;
      }
      Budget.requireSize(8L * (left.size() + (long) right.size()));
      budget.charge(8L * right.size());
      if (left instanceof JoinedList joined && joined.size == joined.shared.size()) {
        joined.shared.addAll(right);
        return new JoinedList(joined.shared);
      }
      budget.charge(8L * left.size());
      ArrayList<Object> all = new ArrayList<>(left.size() + right.size() + 8);
      all.addAll(left);
      all.addAll(right);
      return new JoinedList(all);
    }

    @Override
    public Object get(int index) {
      Objects.checkIndex(index, size);
      return shared.get(index);
    }

    @Override
    public int size() {
      return size;
    }
  }
}

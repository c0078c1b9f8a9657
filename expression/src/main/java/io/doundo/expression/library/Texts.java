package io.doundo.expression.library;

import io.doundo.expression.value.Budget;
import io.doundo.expression.value.NoValueException;
import io.doundo.expression.value.Regex;
import io.doundo.expression.value.Values;
import java.util.ArrayList;
import java.util.List;

/**
 * The functions of texts. Positions count characters as people do, not halves of surrogate pairs.
 * Work that can exceed the size of the arguments is charged in advance.
 */
final class Texts {

  private Texts() {}

  static Object startsWith(Budget budget, Object[] arguments) {
    String part = text(arguments, 1);
    budget.charge(part.length());
    return text(arguments, 0).startsWith(part);
  }

  static Object endsWith(Budget budget, Object[] arguments) {
    String part = text(arguments, 1);
    budget.charge(part.length());
    return text(arguments, 0).endsWith(part);
  }

  static Object contains(Budget budget, Object[] arguments) {
    chargeSearch(budget, arguments);
    return text(arguments, 0).contains(text(arguments, 1));
  }

  static Object indexOf(Budget budget, Object[] arguments) {
    chargeSearch(budget, arguments);
    String text = text(arguments, 0);
    int from = arguments.length == 3 ? offset("indexOf", text, (Long) arguments[2]) : 0;
    return position(text, text.indexOf(text(arguments, 1), from));
  }

  static Object lastIndexOf(Budget budget, Object[] arguments) {
    chargeSearch(budget, arguments);
    String text = text(arguments, 0);
    return position(text, text.lastIndexOf(text(arguments, 1)));
  }

  /**
   * The search compares the beginning of the part at each position, in the worst case nearly all of
   * it.
   */
  private static void chargeSearch(Budget budget, Object[] arguments) {
    budget.charge((long) text(arguments, 0).length() * (1 + text(arguments, 1).length() / 16));
  }

  static Object charAt(Budget budget, Object[] arguments) {
    String text = text(arguments, 0);
    int at = offset("charAt", text, (Long) arguments[1]);
    return at == text.length() ? "" : Character.toString(text.codePointAt(at));
  }

  static Object substring(Budget budget, Object[] arguments) {
    String text = text(arguments, 0);
    int begin = offset("substring", text, (Long) arguments[1]);
    int end =
        arguments.length == 3 ? offset("substring", text, (Long) arguments[2]) : text.length();
    if (begin > end) {
      throw new NoValueException("substring: the end lies before the beginning");
    }
    return text.substring(begin, end);
  }

  static Object lowerAscii(Budget budget, Object[] arguments) {
    return shifted(text(arguments, 0), 'A', 'Z', 'a' - 'A');
  }

  static Object upperAscii(Budget budget, Object[] arguments) {
    return shifted(text(arguments, 0), 'a', 'z', 'A' - 'a');
  }

  private static String shifted(String text, char first, char last, int by) {
    StringBuilder shifted = new StringBuilder(text);
    for (int i = 0; i < shifted.length(); i++) {
      char c = shifted.charAt(i);
      if (c >= first && c <= last) {
        shifted.setCharAt(i, (char) (c + by));
      }
    }
    return shifted.toString();
  }

  static Object split(Budget budget, Object[] arguments) {
    String text = text(arguments, 0);
    String separator = text(arguments, 1);
    chargeSearch(budget, arguments);
    List<String> parts = new ArrayList<>();
    if (separator.isEmpty()) {
      Budget.requireSize(8L * text.length());
      budget.charge(8L * text.length());
      text.codePoints().forEach(point -> parts.add(Character.toString(point)));
      return parts;
    }
    int begin = 0;
    for (int end = text.indexOf(separator); end >= 0; end = text.indexOf(separator, begin)) {
      budget.charge(8);
      parts.add(text.substring(begin, end));
      begin = end + separator.length();
    }
    parts.add(text.substring(begin));
    Budget.requireSize(8L * parts.size());
    return parts;
  }

  static Object join(Budget budget, Object[] arguments) {
    List<?> parts = (List<?>) arguments[0];
    String separator = arguments.length == 2 ? text(arguments, 1) : "";
    StringBuilder joined = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      if (!(parts.get(i) instanceof String part)) {
        throw new NoValueException(
            "join needs a list of texts, but one is "
                + Values.kind(parts.get(i))
                + "; use map(x, string(x)) before it");
      }
      Budget.requireSize((long) joined.length() + separator.length() + part.length());
      budget.charge((long) separator.length() + part.length());
      joined.append(i == 0 ? "" : separator).append(part);
    }
    return joined.toString();
  }

  static Object replace(Budget budget, Object[] arguments) {
    String text = text(arguments, 0);
    String from = text(arguments, 1);
    String to = text(arguments, 2);
    if (from.isEmpty()) {
      throw new NoValueException("replace: the text to replace is empty");
    }
    chargeSearch(budget, arguments);
    StringBuilder replaced = new StringBuilder();
    int begin = 0;
    for (int end = text.indexOf(from); end >= 0; end = text.indexOf(from, begin)) {
      budget.charge((long) (end - begin) + to.length());
      replaced.append(text, begin, end).append(to);
      Budget.requireSize(replaced.length());
      begin = end + from.length();
    }
    replaced.append(text, begin, text.length());
    Budget.requireSize(replaced.length());
    return replaced.toString();
  }

  /** Whether a regular expression is found in the text. */
  static Object matches(Budget budget, Object[] arguments) {
    return Regex.compile(budget, text(arguments, 1)).isIn(budget, text(arguments, 0));
  }

  /** What a regular expression finds first in the text; absent when it finds nothing. */
  static Object extract(Budget budget, Object[] arguments) {
    return Regex.compile(budget, text(arguments, 1)).firstIn(budget, text(arguments, 0));
  }

  private static String text(Object[] arguments, int index) {
    return (String) arguments[index];
  }

  private static int offset(String function, String text, long position) {
    if (position >= 0 && position <= text.length()) {
      try {
        return text.offsetByCodePoints(0, (int) position);
      } catch (IndexOutOfBoundsException e) {
        // A text has fewer characters than UTF-16 units.
      }
    }
    throw new NoValueException(function + ": the position " + position + " is outside the text");
  }

  private static long position(String text, int offset) {
    return offset < 0 ? -1 : text.codePointCount(0, offset);
  }
}

package io.doundo.expression.value;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression of RE2, whose search time is linear in the text. RE2 for Java expands nested
 * repetitions without a limit, and {@code ((a{99}){99}){99}} takes all memory; so the size of the
 * expansion is estimated first. Immutable and thread-safe.
 */
public final class Regex {

  /** The largest program: a larger one would make the search through a long text too slow. */
  private static final int MAX_PROGRAM = 500;

  /** The largest estimate: it also counts parts that the compiler then folds together. */
  private static final int MAX_ESTIMATE = 1_000;

  private static final int MAX_LENGTH = 500;

  /** The cost of one instruction for one character of the text, in the worst case. */
  private static final int INSTRUCTION = 4;

  private final Pattern pattern;

  private Regex(Pattern pattern) {
    this.pattern = pattern;
  }

  /**
   * Compiles a regular expression.
   *
   * @throws NoValueException when the text is not a regular expression, or is too large
   */
  public static Regex compile(Budget budget, String regex) {
    String problem = tooLarge(regex);
    if (problem != null) {
      throw new NoValueException(problem);
    }
    budget.charge((long) Budget.NODE * (regex.length() + MAX_ESTIMATE));
    try {
      Pattern pattern = Pattern.compile(regex);
      if (pattern.programSize() > MAX_PROGRAM) {
        throw new NoValueException("the pattern is too large; use fewer repetitions");
      }
      return new Regex(pattern);
    } catch (PatternSyntaxException e) {
      throw new NoValueException(
          "the pattern \"" + regex + "\" is not valid: " + e.getDescription());
    }
  }

  /**
   * What a text has of the pattern: its first group, or the whole match when it has none.
   *
   * @return empty when the pattern is not in the text, or the group has no part in the match
   */
  public Optional<String> firstIn(Budget budget, String text) {
    // The groups are found in a second search, which remembers where each begins and ends.
    long searches = 2L + pattern.groupCount();
    budget.charge(INSTRUCTION * searches * text.length() * pattern.programSize());
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      return Optional.empty();
    }
    return Optional.ofNullable(matcher.groupCount() == 0 ? matcher.group() : matcher.group(1));
  }

  public boolean isIn(Budget budget, String text) {
    budget.charge((long) INSTRUCTION * text.length() * pattern.programSize());
    return pattern.matcher(text).find();
  }

  private static @Nullable String tooLarge(String regex) {
    if (regex.length() > MAX_LENGTH) {
      return "the pattern is too long: at most " + MAX_LENGTH + " characters are allowed";
    }
    if (regex.contains("\\Q")) {
      return "\\Q is not supported";
    }
    return new Size(regex).isTooLarge()
        ? "the pattern is too large when its repetitions are written out"
        : null;
  }

  /** An upper bound of the size of a pattern with its repetitions written out. Used once. */
  private static final class Size {

    private final String regex;
    private final Deque<long[]> groups = new ArrayDeque<>();

    /** The size of the group being read, and of its last part. */
    private long[] group = {0, 0};

    private int at;

    Size(String regex) {
      this.regex = regex;
    }

    boolean isTooLarge() {
      while (at < regex.length()) {
        char c = regex.charAt(at);
        if (c == '\\') {
          skipEscape();
          add(1);
        } else if (c == '[') {
          skipClass();
          add(1);
        } else if (c == '(') {
          at++;
          groups.push(group);
          group = new long[] {0, 0};
        } else if (c == ')') {
          at++;
          endGroup();
        } else if (c == '{') {
          repeat();
        } else {
          at++;
          if ("*+?|^$".indexOf(c) < 0) {
            add(1);
          }
        }
        if (group[0] > MAX_ESTIMATE) {
          return true;
        }
      }
      return false;
    }

    private void add(long size) {
      group[0] += size;
      group[1] = size;
    }

    /** A surplus one is left to the compiler, which refuses it. */
    private void endGroup() {
      if (!groups.isEmpty()) {
        long size = group[0] + 2;
        group = groups.pop();
        add(size);
      }
    }

    private void repeat() {
      int end = regex.indexOf('}', at);
      int most = end < 0 ? -1 : count(regex.substring(at + 1, end));
      at++;
      if (most < 0) {
        add(1);
        return;
      }
      at = end + 1;
      group[0] += group[1] * Math.max(0, most - 1);
      group[1] *= Math.max(1, most);
    }

    /** The larger number of <code>n</code>, <code>n,</code> or <code>n,m</code>; -1 for others. */
    private static int count(String inside) {
      String[] numbers = inside.split(",", 2);
      int most = -1;
      for (String number : numbers) {
        if (number.length() > 4 || !number.chars().allMatch(c -> c >= '0' && c <= '9')) {
          return -1;
        }
        most = number.isEmpty() ? most : Math.max(most, Integer.parseInt(number));
      }
      return most;
    }

    /** A backslash and what belongs to it, such as <code>\.</code> or <code>\p{Greek}</code>. */
    private void skipEscape() {
      boolean mayHaveBraces = at + 2 < regex.length() && "pPx".indexOf(regex.charAt(at + 1)) >= 0;
      int end = mayHaveBraces && regex.charAt(at + 2) == '{' ? regex.indexOf('}', at) : -1;
      at = end < 0 ? at + 2 : end + 1;
    }

    private void skipClass() {
      at++;
      if (at < regex.length() && regex.charAt(at) == '^') {
        at++;
      }
      // A leading bracket is one of the characters.
      boolean isFirst = true;
      while (at < regex.length() && (isFirst || regex.charAt(at) != ']')) {
        isFirst = false;
        if (regex.charAt(at) == '\\') {
          skipEscape();
        } else {
          at++;
        }
      }
      at++;
    }
  }
}

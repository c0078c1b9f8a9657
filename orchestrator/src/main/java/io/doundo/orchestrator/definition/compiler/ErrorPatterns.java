package io.doundo.orchestrator.definition.compiler;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Checks the regular expressions of {@code retryOn} and {@code abortOn}. They are matched while all
 * other flows of the partition wait, so patterns that can be extremely slow are refused: a repeated
 * group that contains a repetition or an alternative, and back-references.
 */
final class ErrorPatterns {

  private ErrorPatterns() {}

  /** Why the pattern cannot be used, or null when it can. */
  static @Nullable String refuse(String pattern) {
    try {
      return Pattern.compile(pattern).pattern().isEmpty() ? "is empty" : refuseSlow(pattern);
    } catch (PatternSyntaxException e) {
      return "is not a regular expression: %s at position %d"
          .formatted(e.getDescription(), e.getIndex() + 1);
    }
  }

  /**
   * Follows the groups of a valid pattern; each entry says whether its group repeats or chooses.
   */
  private static @Nullable String refuseSlow(String pattern) {
    Deque<Boolean> open = new ArrayDeque<>();
    boolean varies = false;
    int i = 0;
    while (i < pattern.length()) {
      char c = pattern.charAt(i);
      if (c == '\\') {
        if (refersBack(pattern, i + 1)) {
          return "has a back-reference, which can make matching extremely slow";
        }
        i = endOfEscape(pattern, i);
      } else if (c == '[') {
        i = endOfClass(pattern, i);
      } else if (c == '(') {
        open.push(varies);
        varies = false;
      } else if (c == ')' && !open.isEmpty()) {
        if (varies && isUnbounded(pattern, i + 1)) {
          return "repeats a group that itself contains a repetition or an alternative, which can make matching extremely slow";
        }
        varies |= open.pop();
      } else if (c == '|' || isUnbounded(pattern, i)) {
        varies = true;
      }
      i++;
    }
    return null;
  }

  private static boolean refersBack(String pattern, int i) {
    char c = i < pattern.length() ? pattern.charAt(i) : ' ';
    return (c >= '1' && c <= '9') || c == 'k';
  }

  /** The last character of an escape; a quotation {@code \Q…\E} is one as a whole. */
  private static int endOfEscape(String pattern, int i) {
    if (!pattern.startsWith("\\Q", i)) {
      return i + 1;
    }
    int end = pattern.indexOf("\\E", i);
    return end < 0 ? pattern.length() : end + 1;
  }

  /** The last character of a character class, which may hold other classes. */
  private static int endOfClass(String pattern, int start) {
    int depth = 0;
    int i = start;
    while (i < pattern.length()) {
      char c = pattern.charAt(i);
      if (c == '\\') {
        i = endOfEscape(pattern, i);
      } else if (c == '[') {
        depth++;
        // A bracket that comes first stands for itself.
        if (pattern.startsWith("]", i + 1) || pattern.startsWith("^]", i + 1)) {
          i += pattern.charAt(i + 1) == '^' ? 2 : 1;
        }
      } else if (c == ']' && --depth == 0) {
        return i;
      }
      i++;
    }
    return i;
  }

  /** Whether a repetition without an upper bound stands here. */
  private static boolean isUnbounded(String pattern, int i) {
    if (i >= pattern.length()) {
      return false;
    }
    char c = pattern.charAt(i);
    if (c == '*' || c == '+') {
      return true;
    }
    int end = pattern.indexOf('}', i);
    return c == '{' && end > 0 && pattern.charAt(end - 1) == ',';
  }
}

package io.doundo.orchestrator.definition;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Regular expressions over error messages, case-insensitive and found anywhere, compiled once. As a
 * list it is that of their texts. Immutable.
 */
final class ErrorPatternList extends AbstractList<String> implements RandomAccess {

  private static final int MAX_MATCHED_LENGTH = 1_000;
  private static final int MAX_MATCHING_STEPS = 100_000;

  private final List<Pattern> patterns;

  private ErrorPatternList(List<Pattern> patterns) {
    this.patterns = patterns;
  }

  /**
   * @throws java.util.regex.PatternSyntaxException when one of them is not a regular expression
   */
  static ErrorPatternList of(List<String> texts) {
    return texts instanceof ErrorPatternList compiled
        ? compiled
        : new ErrorPatternList(
            texts.stream().map(text -> Pattern.compile(text, Pattern.CASE_INSENSITIVE)).toList());
  }

  @Override
  public String get(int index) {
    return patterns.get(index).pattern();
  }

  @Override
  public int size() {
    return patterns.size();
  }

  /** Whether one of them is found in the error message. */
  boolean anyFoundIn(String error) {
    for (Pattern pattern : patterns) {
      if (found(pattern.matcher(new BoundedText(error)))) {
        return true;
      }
    }
    return false;
  }

  private static boolean found(Matcher matcher) {
    try {
      return matcher.find();
    } catch (MatchingTooLong | StackOverflowError e) {
      // A pattern that backtracks without end, or too deeply, must not stop all flows: it does not
      // match.
      return false;
    }
  }

  /** A text that gives out a bounded number of characters, and so bounds the matching. */
  private static final class BoundedText implements CharSequence {

    private final String text;
    private int steps;

    BoundedText(String text) {
      this.text = text.substring(0, Math.min(text.length(), MAX_MATCHED_LENGTH));
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      if (++steps > MAX_MATCHING_STEPS) {
        throw new MatchingTooLong();
      }
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private static final class MatchingTooLong extends RuntimeException {
    MatchingTooLong() {
      super("pattern needs too many steps", null, false, false);
    }
  }
}

package io.doundo.orchestrator.core;

import io.doundo.orchestrator.definition.RetryPolicy;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Retry arithmetic: whether an attempt follows another, and after how long. Deterministic. */
final class Backoff {

  private static final int MAX_MATCHED_LENGTH = 1_000;
  private static final int MAX_MATCHING_STEPS = 100_000;
  private static final int JITTER_STEPS = 10_000;

  /** Patterns are few, come from registered definitions only, and are costly to compile. */
  private static final ConcurrentMap<String, Pattern> PATTERNS = new ConcurrentHashMap<>();

  private Backoff() {}

  /** Whether the policy lets this failure be retried, by its error patterns. */
  static boolean retries(RetryPolicy policy, @Nullable String error) {
    if (policy.abortOn().isEmpty() && policy.retryOn().isEmpty()) {
      return true;
    }
    String text = error == null ? "" : error;
    if (anyFound(policy.abortOn(), text)) {
      return false;
    }
    return policy.retryOn().isEmpty() || anyFound(policy.retryOn(), text);
  }

  /**
   * The delay before the next attempt, in ms.
   *
   * @param failed how many attempts of this generation have failed, at least 1
   * @param commandId the failed attempt's id, from which the jitter is drawn
   */
  static long delayMs(RetryPolicy policy, int failed, String commandId) {
    long delay = policy.delay().toMillis();
    long bound = policy.maxDelay().toMillis();
    long plain =
        switch (policy.strategy()) {
          case NONE -> 0;
          case FIXED -> delay;
          case LINEAR -> saturated(delay, failed, bound);
          case EXPONENTIAL -> failed > 40 ? bound : saturated(delay, 1L << (failed - 1), bound);
        };
    plain = Math.min(plain, bound);
    return plain + Math.round(plain * policy.jitter() * spread(commandId));
  }

  private static long saturated(long delay, long factor, long bound) {
    return delay > 0 && factor > bound / delay ? bound : delay * factor;
  }

  /** A number between -1 and 1 drawn from the id. */
  private static double spread(String commandId) {
    int drawn = Math.floorMod(Integer.parseUnsignedInt(commandId, 0, 8, 16), JITTER_STEPS + 1);
    return 2.0 * drawn / JITTER_STEPS - 1.0;
  }

  private static boolean anyFound(List<String> patterns, String error) {
    for (String pattern : patterns) {
      Matcher matcher =
          PATTERNS
              .computeIfAbsent(pattern, p -> Pattern.compile(p, Pattern.CASE_INSENSITIVE))
              .matcher(new BoundedText(error));
      if (found(matcher)) {
        return true;
      }
    }
    return false;
  }

  private static boolean found(Matcher matcher) {
    try {
      return matcher.find();
    } catch (MatchingTooLong e) {
      // A pattern that backtracks without end must not hold up all flows: it does not match.
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

package io.doundo.orchestrator.definition;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code 30s}, {@code 1h30m}, {@code PT30S}, or a number of milliseconds. */
public final class Durations {

  /** The longest duration in a document. */
  public static final Duration LONGEST = Duration.ofDays(366);

  private static final Pattern MILLIS = Pattern.compile("\\d{1,15}");
  private static final Pattern PARTS = Pattern.compile("(?:\\d{1,9} *(?:ms|s|m|h|d) *)+");
  private static final Pattern PART = Pattern.compile("(\\d{1,9}) *(ms|s|m|h|d)");

  private static final int MAX_LENGTH = 100;

  private Durations() {}

  /** The duration, or null when the text is none. */
  public static @Nullable Duration parse(String text) {
    String trimmed = text.strip();
    // Matching takes stack for each part, so a text without end would exhaust it.
    if (trimmed.length() > MAX_LENGTH) {
      return null;
    }
    if (MILLIS.matcher(trimmed).matches()) {
      return Duration.ofMillis(Long.parseLong(trimmed));
    }
    String lower = trimmed.toLowerCase(Locale.ROOT);
    if (PARTS.matcher(lower).matches()) {
      return sum(PART.matcher(lower));
    }
    try {
      return lower.startsWith("p") ? Duration.parse(trimmed) : null;
    } catch (DateTimeParseException | ArithmeticException e) {
      return null;
    }
  }

  private static Duration sum(Matcher parts) {
    Duration total = Duration.ZERO;
    while (parts.find()) {
      long amount = Long.parseLong(parts.group(1));
      total =
          total.plus(
              switch (parts.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofDays(amount);
              });
    }
    return total;
  }
}

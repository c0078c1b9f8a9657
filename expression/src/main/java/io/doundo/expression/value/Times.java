package io.doundo.expression.value;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.threeten.bp.ZoneId;
import org.threeten.bp.ZonedDateTime;
import org.threeten.bp.format.DateTimeFormatter;

/**
 * Parses and formats times and durations. The time-zone rules come with the build and not with the
 * JDK, and names of months and days, which depend on the JDK, are not supported: two instances
 * produce the same text.
 */
public final class Times {

  /** The cost of formatting, in bytes touched. */
  public static final int COST = 4_000;

  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");
  private static final Duration LONGEST = Duration.between(FIRST, LAST);

  private static final int MAX_TEXT = 100;

  /** Letters whose values are digits on every JDK, and the offset from UTC. */
  private static final Pattern DIGITS_ONLY =
      Pattern.compile("(?:[yuMdDHhmsSnXxk]|[^A-Za-z']|'[^']*')*");

  private static final Pattern NAME_OF_MONTH = Pattern.compile("M{3,}");

  private static final Pattern DURATION_PART =
      Pattern.compile("([0-9]{1,18})(?:\\.([0-9]{1,9}))?(h|ms|m|s|us|ns)");

  private Times() {}

  /**
   * Writes a time as a text.
   *
   * @param time a timestamp, or a text in the form of RFC 3339
   * @param pattern such as {@code yyyy-MM-dd HH:mm}
   * @param zone such as {@code Europe/Berlin}
   */
  public static String format(Object time, String pattern, String zone) {
    DateTimeFormatter formatter = formatter(pattern);
    Instant instant = timestamp("date", time);
    try {
      return ZonedDateTime.ofInstant(
              org.threeten.bp.Instant.ofEpochSecond(instant.getEpochSecond(), instant.getNano()),
              zone(zone))
          .format(formatter);
    } catch (org.threeten.bp.DateTimeException | IllegalArgumentException e) {
      throw new NoValueException("date: " + e.getMessage());
    }
  }

  /**
   * Compiles the pattern of a date.
   *
   * @throws NoValueException when the pattern is not supported
   */
  public static DateTimeFormatter formatter(String pattern) {
    if (pattern.length() > MAX_TEXT
        || !DIGITS_ONLY.matcher(pattern).matches()
        || NAME_OF_MONTH.matcher(pattern).find()) {
      throw new NoValueException(
          "date: the pattern \""
              + shortened(pattern)
              + "\" is not supported; it may hold the letters y M d H m s S, the offset X, and"
              + " texts in single quotes");
    }
    try {
      return DateTimeFormatter.ofPattern(pattern, Locale.ROOT);
    } catch (IllegalArgumentException e) {
      throw new NoValueException(
          "date: the pattern \"" + pattern + "\" is not valid: " + e.getMessage());
    }
  }

  /**
   * Finds a time zone.
   *
   * @throws NoValueException when there is no such time zone
   */
  public static ZoneId zone(String zone) {
    try {
      return ZoneId.of(zone);
    } catch (org.threeten.bp.DateTimeException e) {
      throw new NoValueException(
          "date: the time zone \"" + shortened(zone) + "\" is not known; one is Europe/Berlin");
    }
  }

  /** A time from a time, a text, or seconds since 1970. */
  public static Instant timestamp(String function, Object time) {
    Object plain = time instanceof Instant ? time : Values.plain(time);
    if (plain instanceof Instant instant) {
      return instant;
    }
    if (plain instanceof Long seconds) {
      return requireTime(() -> Instant.ofEpochSecond(seconds));
    }
    if (plain instanceof String text) {
      try {
        return requireTime(() -> OffsetDateTime.parse(text).toInstant());
      } catch (DateTimeException e) {
        throw new NoValueException(
            function
                + ": \""
                + shortened(text)
                + "\" is not a time in the form 2026-01-31T12:00:00Z");
      }
    }
    throw new NoValueException(function + " needs a time but has " + Values.kind(plain));
  }

  /** A duration from a text such as {@code 1h30m} or {@code 2.5s}. */
  public static Duration duration(String text) {
    boolean isNegative = text.startsWith("-");
    int at = isNegative ? 1 : 0;
    Duration sum = Duration.ZERO;
    Matcher part = DURATION_PART.matcher(text);
    try {
      while (at < text.length() && part.find(at) && part.start() == at) {
        sum = sum.plus(durationOf(part));
        at = part.end();
      }
    } catch (ArithmeticException e) {
      at = 0;
    }
    if (text.length() > MAX_TEXT || at == 0 || at < text.length() || text.equals("-")) {
      throw new NoValueException(
          "duration: \"" + shortened(text) + "\" is not a duration such as 1h30m or 2.5s");
    }
    return requireDuration(isNegative ? sum.negated() : sum);
  }

  private static Duration durationOf(Matcher part) {
    long nanos =
        switch (part.group(3)) {
          case "h" -> 3_600_000_000_000L;
          case "m" -> 60_000_000_000L;
          case "s" -> 1_000_000_000L;
          case "ms" -> 1_000_000L;
          case "us" -> 1_000L;
          default -> 1L;
        };
    Duration unit = Duration.ofNanos(nanos);
    Duration whole = unit.multipliedBy(Long.parseLong(part.group(1)));
    String digits = part.group(2);
    if (digits == null) {
      return whole;
    }
    long fraction = Long.parseLong((digits + "000000000").substring(0, 9));
    return whole.plus(unit.multipliedBy(fraction).dividedBy(1_000_000_000L));
  }

  /** As CEL writes it: seconds, such as {@code 5400s} or {@code 2.5s}. */
  public static String text(Duration duration) {
    BigDecimal seconds =
        BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9));
    return (seconds.signum() == 0 ? "0" : seconds.stripTrailingZeros().toPlainString()) + "s";
  }

  /** A calculated time. */
  public interface Calculation<T> {
    T value();
  }

  public static Instant requireTime(Calculation<Instant> calculation) {
    Instant time;
    try {
      time = calculation.value();
    } catch (ArithmeticException e) {
      throw outside();
    } catch (DateTimeException e) {
      if (e instanceof DateTimeParseException) {
        throw e;
      }
      throw outside();
    }
    if (time.isBefore(FIRST) || time.isAfter(LAST)) {
      throw outside();
    }
    return time;
  }

  private static NoValueException outside() {
    return new NoValueException("the time is outside the years 0001 to 9999");
  }

  public static Duration requireDuration(Duration duration) {
    if (duration.abs().compareTo(LONGEST) > 0) {
      throw new NoValueException("the duration is longer than 10,000 years");
    }
    return duration;
  }

  private static String shortened(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
  }
}

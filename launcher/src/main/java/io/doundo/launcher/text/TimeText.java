package io.doundo.launcher.text;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.databind.JsonNode;

/**
 * Times of the service in the words of a person: everywhere in one format, in the time zone of this
 * machine, or in UTC, with its offset.
 */
public final class TimeText {

  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSXXX", Locale.ROOT);

  /** One for all times of a command; written once, before it prints anything. */
  private static final AtomicBoolean IS_UTC = new AtomicBoolean();

  private TimeText() {}

  /** Shows times in UTC rather than in the time zone of this machine. */
  public static void showUtc(boolean utc) {
    IS_UTC.set(utc);
  }

  private static ZoneId zone() {
    return IS_UTC.get() ? ZoneOffset.UTC : ZoneId.systemDefault();
  }

  /** For example {@code 2026-01-31 13:00:00.000+01:00}; empty where there is no time. */
  public static String time(JsonNode time) {
    return parsed(time).map(TimeText::time).orElse(time.asString(""));
  }

  /** The same form. */
  public static String time(Instant instant) {
    return FORMAT.format(instant.atZone(zone()));
  }

  /** The same, and how far away it is: {@code … (in 4 m 12 s)}. */
  public static String timeAndDistance(JsonNode time, Instant now) {
    return parsed(time).map(instant -> time(time) + " (" + distance(instant, now) + ')').orElse("");
  }

  private static String distance(Instant instant, Instant now) {
    long millis = Duration.between(now, instant).toMillis();
    return millis >= 0 ? "in " + duration(millis) : duration(-millis) + " ago";
  }

  /** The time between two moments; empty when one of them is not known. */
  public static String between(JsonNode from, JsonNode to) {
    return parsed(from)
        .flatMap(begin -> parsed(to).map(end -> Duration.between(begin, end).toMillis()))
        .map(TimeText::duration)
        .orElse("");
  }

  /** How long something took, for example 12 ms, 3.4 s, 5 m 06 s, 7 h 08 m. */
  public static String duration(long millis) {
    if (millis < 1_000) {
      return millis + " ms";
    }
    if (millis < 60_000) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1_000.0);
    }
    Duration duration = Duration.ofMillis(millis);
    return duration.toHours() > 0
        ? String.format(Locale.ROOT, "%d h %02d m", duration.toHours(), duration.toMinutesPart())
        : String.format(Locale.ROOT, "%d m %02d s", duration.toMinutes(), duration.toSecondsPart());
  }

  /** A configured duration, as it is written in a registration: {@code 1h30m}. */
  public static String setting(JsonNode duration) {
    String text = duration.asString("");
    try {
      return text.isEmpty() ? "" : setting(Duration.parse(text));
    } catch (DateTimeException e) {
      return text;
    }
  }

  private static String setting(Duration duration) {
    StringBuilder text = new StringBuilder();
    append(text, duration.toDaysPart(), "d");
    append(text, duration.toHoursPart(), "h");
    append(text, duration.toMinutesPart(), "m");
    append(text, duration.toSecondsPart(), "s");
    append(text, duration.toMillisPart(), "ms");
    return text.isEmpty() ? "0s" : text.toString();
  }

  private static void append(StringBuilder text, long amount, String unit) {
    if (amount != 0) {
      text.append(amount).append(unit);
    }
  }

  private static Optional<Instant> parsed(JsonNode time) {
    try {
      return time.isString() ? Optional.of(Instant.parse(time.asString())) : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}

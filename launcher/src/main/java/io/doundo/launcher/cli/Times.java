package io.doundo.launcher.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Times of the service in the words of a person, in the time zone of this machine. */
final class Times {

  private static final DateTimeFormatter DAY_AND_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

  private Times() {}

  static String dayAndTime(JsonNode time) {
    return format(time, DAY_AND_TIME);
  }

  static String millis(JsonNode time) {
    return format(time, MILLIS);
  }

  /** The time between two moments; empty when one of them is not known. */
  static String between(JsonNode from, JsonNode to) {
    if (!from.isString() || !to.isString()) {
      return "";
    }
    try {
      return duration(
          Duration.between(Instant.parse(from.asString()), Instant.parse(to.asString()))
              .toMillis());
    } catch (DateTimeException e) {
      return "";
    }
  }

  /** For example 12 ms, 3.4 s, 5 m 06 s, 7 h 08 m. */
  static String duration(long millis) {
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

  private static String format(JsonNode time, DateTimeFormatter format) {
    String text = time.asString("");
    try {
      return text.isEmpty()
          ? ""
          : format.format(Instant.parse(text).atZone(ZoneId.systemDefault()));
    } catch (DateTimeException e) {
      return text;
    }
  }
}

package io.doundo.protocol.text;

import java.time.Duration;
import java.util.Locale;

/**
 * Durations as people write them, for messages and reasons: {@code 512 ms}, {@code 12.5 s}, {@code
 * 24 h}.
 */
public final class DurationText {

  private DurationText() {}

  /** The text of a duration. */
  public static String of(Duration duration) {
    return of(duration.toMillis());
  }

  /** The text of a number of milliseconds. */
  public static String of(long millis) {
    if (millis < 1_000) {
      return millis + " ms";
    }
    if (millis < 60_000) {
      return millis % 1_000 == 0
          ? millis / 1_000 + " s"
          : String.format(Locale.ROOT, "%.1f s", millis / 1_000.0);
    }
    Duration duration = Duration.ofMillis(millis);
    if (duration.toDays() > 1 && duration.toHoursPart() == 0 && duration.toMinutesPart() == 0) {
      return duration.toDays() + " days";
    }
    if (duration.toHours() > 0) {
      return text(duration.toHours(), "h", duration.toMinutesPart(), "min");
    }
    return text(duration.toMinutes(), "min", duration.toSecondsPart(), "s");
  }

  private static String text(long most, String unit, int rest, String restUnit) {
    return rest == 0 ? most + " " + unit : most + " " + unit + " " + rest + " " + restUnit;
  }
}

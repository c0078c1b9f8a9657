package io.doundo.orchestrator.evaluation;

import io.doundo.orchestrator.definition.Durations;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** Parses the times that the expressions of waits give as text. */
final class WaitTimes {

  private WaitTimes() {}

  /** A length of time in ms, or null when the text is not one. */
  static @Nullable Long length(String text) {
    try {
      Duration length = Durations.parse(text);
      return length == null || length.isNegative() ? null : length.toMillis();
    } catch (ArithmeticException e) {
      return null;
    }
  }

  /** A point in time, ms since the epoch, or null when the text is not one. */
  static @Nullable Long point(String text) {
    try {
      return OffsetDateTime.parse(text.strip()).toInstant().toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }
}

package io.doundo.orchestrator.registration;

import io.doundo.protocol.json.Printable;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Registrations wait because something failed that may work later.
 *
 * @param place of the record that cannot be carried out ({@code topic-partition@offset}); null when
 *     no record can be read or written at all
 * @param cause what failed last
 * @param since when it failed for the first time
 * @param failures how often it failed; 0 when another instance tries
 * @param isBrokerAway whether the last failure was of no record: nothing could be read or written
 */
public record RegistrationBlock(
    @Nullable String place, String cause, Instant since, int failures, boolean isBrokerAway) {

  private static final long FIRST_PAUSE_MS = 500;
  private static final long LONGEST_PAUSE_MS = 15_000;
  private static final int MAX_CAUSE = 500;

  /** The state after another failure: continued for the same record, otherwise started again. */
  static RegistrationBlock after(
      @Nullable RegistrationBlock earlier, @Nullable String place, Throwable failure, Instant now) {
    String message = failure.getMessage();
    String name = failure.getClass().getSimpleName();
    String cause = Printable.line(message == null || message.isBlank() ? name : message, MAX_CAUSE);
    if (earlier == null || (place != null && !place.equals(earlier.place()))) {
      return new RegistrationBlock(place, cause, now, 1, place == null);
    }
    if (place != null && earlier.isBrokerAway()) {
      // The time in which no record could be read does not count against this one.
      return new RegistrationBlock(place, cause, now, 1, false);
    }
    // While nothing can be read, the record that failed before is still the first in line.
    return new RegistrationBlock(
        place == null ? earlier.place() : place,
        cause,
        earlier.since(),
        earlier.failures() + 1,
        place == null);
  }

  /** A record that this instance only sees waiting. */
  static RegistrationBlock elsewhere(String place, Instant since) {
    return new RegistrationBlock(
        place,
        "it has not been carried out yet; the instance that tries says why, in its health and in its log",
        since,
        0,
        false);
  }

  /** How long to wait before the next try; doubles with each failure, up to a bound. */
  Duration pause() {
    long doubled = FIRST_PAUSE_MS << Math.min(failures - 1, 10);
    return Duration.ofMillis(Math.min(doubled, LONGEST_PAUSE_MS));
  }

  /** Whether the record has been retried for long enough. */
  boolean isOver(Instant now, Duration longest) {
    return place != null && Duration.between(since, now).compareTo(longest) >= 0;
  }

  /** {@code since …, orchestrator.registration-0@12, 4 failures: the cause}. */
  @Override
  public String toString() {
    return "since %s%s%s: %s"
        .formatted(since, place == null ? "" : ", record " + place, failuresText(), cause);
  }

  private String failuresText() {
    return switch (failures) {
      case 0 -> "";
      case 1 -> ", 1 failure";
      default -> ", " + failures + " failures";
    };
  }
}

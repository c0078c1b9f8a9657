package io.doundo.orchestrator.definition;

import io.doundo.protocol.text.DurationText;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * When an orchestration starts on its own.
 *
 * @param overlap what happens to a run that is due while an earlier one has not ended
 * @param catchUp what happens to runs that came due while no orchestrator ran
 * @param within how late a run may be caught up
 * @param payload a JSON value with expressions in it, as JSON text: the payload of a run; null for
 *     an empty object
 */
public record Schedule(
    Timing timing, Overlap overlap, CatchUp catchUp, Duration within, @Nullable String payload)
    implements TriggerSource {

  /** The default of {@code within}: 1 hour. */
  public static final Duration DEFAULT_WITHIN = Duration.ofHours(1);

  /** The times of a schedule. */
  public sealed interface Timing {

    /** The times, for people. */
    String text();
  }

  /**
   * The times of a cron expression with five fields, as clocks in a time zone show them.
   *
   * @param expression minute, hour, day of the month, month, day of the week
   */
  public record Cron(String expression, ZoneId zone) implements Timing {
    @Override
    public String text() {
      return expression + " " + zone.getId();
    }
  }

  /**
   * Multiples of a duration, counted from 1970-01-01T00:00:00Z, so that the times do not depend on
   * when the schedule was registered.
   */
  public record Every(Duration interval) implements Timing {
    @Override
    public String text() {
      return "every " + DurationText.of(interval);
    }
  }

  /** Once. */
  public record At(Instant instant) implements Timing {
    @Override
    public String text() {
      return "at " + instant;
    }
  }

  /**
   * A pause after the end of the run before; the first run starts that long after the registration.
   */
  public record After(Duration pause) implements Timing {
    @Override
    public String text() {
      return DurationText.of(pause) + " after the end of the run before";
    }
  }

  /** What happens to a run that is due while an earlier one has not ended. */
  public enum Overlap {
    /** It does not start. The default. */
    SKIP,
    /** The earlier one is cancelled, and so undone; then it starts. */
    CANCEL,
    /** Both run. */
    ALLOW
  }

  /** What happens to runs that came due while no orchestrator ran. */
  public enum CatchUp {
    /** None is started. */
    NONE,
    /** The latest is started. The default. */
    LATEST
  }
}

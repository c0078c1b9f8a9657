package io.doundo.orchestrator.schedule;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The times of a cron expression in a time zone. The library knows only the expression; what a
 * change of the clock means is decided here: a time that the clock skips counts as the moment at
 * which it is set forward, and a time that it shows twice counts the first time. Immutable.
 */
public final class CronTimes {

  /** The maximum length of an expression, in characters. */
  public static final int MAX_LENGTH = 120;

  private static final int FIELDS = 5;

  private static final CronDefinition FIVE_FIELDS =
      CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX);

  /** Any time will do: an expression without a time after it never has one. */
  private static final Instant SOME_TIME = Instant.parse("2024-01-01T00:00:00Z");

  private final ExecutionTime local;
  private final ZoneId zone;

  private CronTimes(ExecutionTime local, ZoneId zone) {
    this.local = local;
    this.zone = zone;
  }

  /**
   * The times of an expression that was checked when it was registered.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static CronTimes of(String expression, ZoneId zone) {
    return new CronTimes(parse(expression), zone);
  }

  /** Why a text is no cron expression, as the end of a sentence; null when it is one. */
  public static @Nullable String problemOf(String expression) {
    if (expression.length() > MAX_LENGTH) {
      return "must have at most " + MAX_LENGTH + " characters";
    }
    int fields = expression.strip().split("\\s+", -1).length;
    if (fields != FIELDS) {
      return "must have 5 fields (minute, hour, day of the month, month, day of the week) but has "
          + fields;
    }
    try {
      boolean isEver = of(expression, ZoneOffset.UTC).next(SOME_TIME).isPresent();
      return isEver ? null : "names a date that does not exist, so it would never be due";
    } catch (RuntimeException e) {
      return "is no cron expression: " + firstLine(e);
    }
  }

  private static String firstLine(RuntimeException failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank()
        ? failure.getClass().getSimpleName()
        : message.lines().findFirst().orElse(message);
  }

  private static ExecutionTime parse(String expression) {
    return ExecutionTime.forCron(
        new CronParser(FIVE_FIELDS).parse(expression.strip().toUpperCase(Locale.ROOT)).validate());
  }

  /** The first time after another; empty when there is none. */
  public Optional<Instant> next(Instant after) {
    LocalDateTime shown = LocalDateTime.ofInstant(after, zone);
    while (true) {
      LocalDateTime next = nextLocal(shown);
      if (next == null) {
        return Optional.empty();
      }
      Instant instant = instantOf(next, zone);
      if (instant.isAfter(after)) {
        return Optional.of(instant);
      }
      // The clock shows this time for the second time, or has skipped it.
      shown = next;
    }
  }

  private @Nullable LocalDateTime nextLocal(LocalDateTime shown) {
    return local
        .nextExecution(shown.atZone(ZoneOffset.UTC))
        .map(ZonedDateTime::toLocalDateTime)
        .orElse(null);
  }

  /** The moment at which clocks in a zone show a time for the first time, or skip it. */
  public static Instant instantOf(LocalDateTime shown, ZoneId zone) {
    ZoneRules rules = zone.getRules();
    List<ZoneOffset> offsets = rules.getValidOffsets(shown);
    return offsets.isEmpty()
        ? rules.getTransition(shown).getInstant()
        : shown.toInstant(offsets.get(0));
  }
}

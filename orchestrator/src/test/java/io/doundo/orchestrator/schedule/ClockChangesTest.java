package io.doundo.orchestrator.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.GeneratedDocument;
import io.doundo.orchestrator.definition.Schedule;
import io.doundo.orchestrator.definition.Schedule.Overlap;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fires on the days on which the clocks change, in two time zones. */
class ClockChangesTest {

  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");

  private static final DateTimeFormatter LOCAL =
      DateTimeFormatter.ofPattern("HH:mm xxx", Locale.ROOT);
  private static final DateTimeFormatter UTC =
      DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

  private record Day(ZoneId zone, LocalDate date, String change) {}

  private static final List<Day> DAYS =
      List.of(
          new Day(BERLIN, LocalDate.of(2027, 3, 28), "02:00 → 03:00"),
          new Day(BERLIN, LocalDate.of(2027, 10, 31), "03:00 → 02:00"),
          new Day(NEW_YORK, LocalDate.of(2027, 3, 14), "02:00 → 03:00"),
          new Day(NEW_YORK, LocalDate.of(2027, 11, 7), "02:00 → 01:00"));

  private static final List<String> EXPRESSIONS =
      List.of("30 1 * * *", "30 2 * * *", "0 3 * * *", "0 1-3 * * *");

  @Test
  void theTableOfTheDocumentIsWhatFires() {
    GeneratedDocument.assertUpToDate("triggers.md", "clock changes", table());
  }

  /** Run with {@code -Ddoundo.docs.update=true} to write the table. */
  private static String table() {
    StringBuilder table =
        new StringBuilder(
            "| zone, day, clock | cron | fires at, local time | in UTC |\n|---|---|---|---|\n");
    for (Day day : DAYS) {
      for (String expression : EXPRESSIONS) {
        List<Instant> fired = fired(expression, day);
        table.append(
            "| %s, %s, %s | `%s` | %s | %s |%n"
                .formatted(
                    day.zone(),
                    day.date(),
                    day.change(),
                    expression,
                    fired.stream()
                        .map(at -> LOCAL.format(at.atZone(day.zone())))
                        .collect(Collectors.joining(", ")),
                    fired.stream().map(UTC::format).collect(Collectors.joining(", ")))
                .replace(System.lineSeparator(), "\n"));
      }
    }
    return table.toString();
  }

  /** Decided by the decider, tick by tick, from noon the day before to noon. */
  private static List<Instant> fired(String expression, Day day) {
    Instant from = day.date().minusDays(1).atTime(12, 0).atZone(day.zone()).toInstant();
    Instant to = day.date().atTime(12, 0).atZone(day.zone()).toInstant();
    ScheduleRuns runs = new ScheduleRuns(from);
    runs.declare(ScheduleRuns.schedule(new Schedule.Cron(expression, day.zone()), Overlap.ALLOW));
    for (Instant tick = from; tick.isBefore(to); tick = tick.plusSeconds(60)) {
      runs.until(tick);
    }
    return runs.effects().stream()
        .filter(effect -> effect.startsWith("start "))
        .map(effect -> Instant.parse(effect.substring(effect.lastIndexOf('.') + 1)))
        .toList();
  }

  @Test
  void aTimeThatTheClockSkipsFiresWhenItIsSetForward() {
    assertThat(fired("30 2 * * *", DAYS.get(0)))
        .containsExactly(Instant.parse("2027-03-28T01:00:00Z"));
  }

  @Test
  void severalTimesThatTheClockSkipsFireOnce() {
    assertThat(fired("*/10 2 * * *", DAYS.get(0)))
        .containsExactly(Instant.parse("2027-03-28T01:00:00Z"));
  }

  @Test
  void aTimeThatTheClockShowsTwiceFiresTheFirstTime() {
    assertThat(fired("30 2 * * *", DAYS.get(1)))
        .containsExactly(Instant.parse("2027-10-31T00:30:00Z"));
  }

  @Test
  void nothingFiresInTheRepeatedHour() {
    assertThat(fired("*/30 2-3 * * *", DAYS.get(1)))
        .containsExactly(
            Instant.parse("2027-10-31T00:00:00Z"),
            Instant.parse("2027-10-31T00:30:00Z"),
            Instant.parse("2027-10-31T02:00:00Z"),
            Instant.parse("2027-10-31T02:30:00Z"));
  }

  /** Compared with a search through every minute of a year, which knows no cron library. */
  @ParameterizedTest
  @ValueSource(
      strings = {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/St_Johns"})
  void everyMinuteOfAYearFiresOnceAndInOrder(String zone) {
    ZoneId id = ZoneId.of(zone);
    CronTimes times = CronTimes.of("15 2 * * *", id);
    List<Instant> expected = new ArrayList<>();
    for (LocalDate day = LocalDate.of(2027, 1, 1); day.getYear() == 2027; day = day.plusDays(1)) {
      LocalDateTime local = day.atTime(2, 15);
      ZonedDateTime shown = local.atZone(id).withEarlierOffsetAtOverlap();
      boolean skipped = !shown.toLocalDateTime().equals(local);
      expected.add(skipped ? id.getRules().getTransition(local).getInstant() : shown.toInstant());
    }
    List<Instant> found = new ArrayList<>();
    Instant next = times.next(LocalDate.of(2027, 1, 1).atStartOfDay(id).toInstant()).orElseThrow();
    while (next.atZone(id).getYear() == 2027) {
      found.add(next);
      next = times.next(next).orElseThrow();
    }

    assertThat(found).isEqualTo(expected);
  }

  @Test
  void anIntervalKnowsNoClock() {
    Schedule.Every hourly = new Schedule.Every(Duration.ofHours(1));
    Instant change = Instant.parse("2027-10-31T00:30:00Z");

    assertThat(Timetable.next(hourly, change)).contains(Instant.parse("2027-10-31T01:00:00Z"));
  }
}

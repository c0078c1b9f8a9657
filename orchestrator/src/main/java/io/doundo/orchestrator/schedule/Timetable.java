package io.doundo.orchestrator.schedule;

import io.doundo.orchestrator.definition.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The times of a schedule that do not depend on its runs. Those of {@code after} do, and it has no
 * times here. Stateless.
 */
public final class Timetable {

  /** How many times that have passed are counted one by one. */
  static final int MOST_COUNTED = 1_000;

  /** How far back from now the latest time is looked for when too many have passed. */
  private static final List<Duration> BACK =
      List.of(
          Duration.ofHours(1), Duration.ofDays(1), Duration.ofDays(32), Duration.ofDays(366 * 9));

  private Timetable() {}

  /**
   * The times that have come.
   *
   * @param first the earliest of them
   * @param latest the last of them
   * @param earlier how many there are before the latest, up to {@link #MOST_COUNTED}
   */
  record Due(Instant first, Instant latest, int earlier) {}

  /** The first time after another; empty when there is none. */
  public static Optional<Instant> next(Schedule.Timing timing, Instant after) {
    if (timing instanceof Schedule.Cron cron) {
      return CronTimes.of(cron.expression(), cron.zone()).next(after);
    }
    if (timing instanceof Schedule.Every every) {
      long interval = every.interval().toMillis();
      long passed = Math.floorDiv(after.toEpochMilli(), interval);
      return Optional.of(Instant.ofEpochMilli(Math.multiplyExact(passed + 1, interval)));
    }
    if (timing instanceof Schedule.At once) {
      return Optional.of(once.instant()).filter(instant -> instant.isAfter(after));
    }
    return Optional.empty();
  }

  /**
   * The times from the first one to now.
   *
   * @param first a time of the schedule, not after now
   */
  static Due due(Schedule.Timing timing, Instant first, Instant now) {
    if (timing instanceof Schedule.Every every) {
      long interval = every.interval().toMillis();
      long more = Duration.between(first, now).toMillis() / interval;
      Instant latest = first.plusMillis(more * interval);
      return new Due(first, latest, (int) Math.min(MOST_COUNTED, more));
    }
    if (!(timing instanceof Schedule.Cron cron)) {
      return new Due(first, first, 0);
    }
    CronTimes times = CronTimes.of(cron.expression(), cron.zone());
    Instant latest = first;
    int earlier = 0;
    Optional<Instant> next = times.next(first);
    while (next.isPresent() && !next.get().isAfter(now)) {
      if (earlier == MOST_COUNTED) {
        return new Due(first, latest(times, latest, now), earlier);
      }
      latest = next.get();
      earlier++;
      next = times.next(latest);
    }
    return new Due(first, latest, earlier);
  }

  private static Instant latest(CronTimes times, Instant known, Instant now) {
    Instant from = known;
    for (Duration back : BACK) {
      Instant earlier = now.minus(back);
      if (earlier.isAfter(known)
          && times.next(earlier).filter(at -> !at.isAfter(now)).isPresent()) {
        from = earlier;
        break;
      }
    }
    Instant latest = known;
    Optional<Instant> next = times.next(from);
    while (next.isPresent() && !next.get().isAfter(now)) {
      latest = next.get();
      next = times.next(latest);
    }
    return latest;
  }
}

package io.doundo.orchestrator.query.schedule;

import io.doundo.orchestrator.definition.Schedule;
import io.doundo.orchestrator.schedule.ScheduleEntry;
import io.doundo.orchestrator.schedule.ScheduleRun;
import io.doundo.orchestrator.schedule.ScheduleState;
import io.doundo.orchestrator.schedule.ScheduleState.Pause;
import io.doundo.orchestrator.schedule.Timetable;
import io.doundo.protocol.text.DurationText;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A schedule as it is shown.
 *
 * @param times its times, for people
 * @param cron the cron expression, or null
 * @param zone the time zone of the expression, or null
 * @param every the interval, for people, or null
 * @param at the only time, or null
 * @param after the pause after the run before, for people, or null
 * @param within how late a run may be caught up, for people
 * @param stopped why its orchestration accepts no starts, or null
 * @param paused who paused it, or null
 * @param next the next times, as far as they are known; none while it stands still
 * @param waiting the time of the run that starts once the earlier ones are undone, or null
 * @param running the runs that have not ended, oldest first
 * @param blocked how many runs in a row did not start because an earlier one is blocked
 * @param recent what happened lately, newest first
 */
public record ScheduleView(
    String orchestration,
    String trigger,
    Standing state,
    String times,
    @Nullable String cron,
    @Nullable String zone,
    @Nullable String every,
    @Nullable Instant at,
    @Nullable String after,
    Schedule.Overlap overlap,
    Schedule.CatchUp catchUp,
    String within,
    @Nullable String stopped,
    @Nullable Pause paused,
    List<PlannedTime> next,
    @Nullable Instant waiting,
    List<ScheduleRun> running,
    int blocked,
    List<ScheduleEntry> recent) {

  /** How many times ahead are shown. */
  private static final int TIMES_AHEAD = 5;

  /** How a schedule stands. */
  public enum Standing {
    ACTIVE,
    PAUSED,
    /** Its orchestration accepts no starts. */
    STOPPED,
    /** A run that needs an operator keeps others from starting. */
    BLOCKED,
    /** No time is left. */
    FINISHED,
    /** The newest version does not have it; its last runs go on. */
    WITHDRAWN
  }

  /**
   * A time ahead.
   *
   * @param local the same as the schedule's time zone shows it, with its offset
   */
  public record PlannedTime(Instant at, String local) {}

  /** Shows a state; nothing of a schedule that was withdrawn but its runs. */
  public static ScheduleView of(ScheduleState state) {
    Schedule schedule = state.schedule();
    Schedule.Timing timing = schedule == null ? null : schedule.timing();
    ScheduleState.Waiting waiting = state.waiting();
    List<ScheduleEntry> recent = new ArrayList<>(state.recent());
    Collections.reverse(recent);
    return new ScheduleView(
        state.name().orchestration(),
        state.name().trigger(),
        standing(state),
        timing == null ? "none: it was withdrawn" : timing.text(),
        timing instanceof Schedule.Cron cron ? cron.expression() : null,
        timing instanceof Schedule.Cron cron ? cron.zone().getId() : null,
        timing instanceof Schedule.Every every ? DurationText.of(every.interval()) : null,
        timing instanceof Schedule.At once ? once.instant() : null,
        timing instanceof Schedule.After after ? DurationText.of(after.pause()) : null,
        schedule == null ? Schedule.Overlap.SKIP : schedule.overlap(),
        schedule == null ? Schedule.CatchUp.NONE : schedule.catchUp(),
        DurationText.of(schedule == null ? Schedule.DEFAULT_WITHIN : schedule.within()),
        state.stopped(),
        state.paused(),
        ahead(timing, state.next()),
        waiting == null ? null : waiting.planned(),
        state.runs(),
        state.blocked(),
        recent);
  }

  private static Standing standing(ScheduleState state) {
    if (state.schedule() == null) {
      return Standing.WITHDRAWN;
    }
    if (state.stopped() != null) {
      return Standing.STOPPED;
    }
    if (state.paused() != null) {
      return Standing.PAUSED;
    }
    if (state.blocked() > 0) {
      return Standing.BLOCKED;
    }
    return state.next() == null && state.runs().isEmpty() ? Standing.FINISHED : Standing.ACTIVE;
  }

  private static List<PlannedTime> ahead(Schedule.@Nullable Timing timing, @Nullable Instant next) {
    if (timing == null || next == null) {
      return List.of();
    }
    ZoneId zone = timing instanceof Schedule.Cron cron ? cron.zone() : ZoneOffset.UTC;
    List<PlannedTime> times = new ArrayList<>();
    Optional<Instant> time = Optional.of(next);
    while (time.isPresent() && times.size() < TIMES_AHEAD) {
      times.add(
          new PlannedTime(
              time.get(), DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time.get().atZone(zone))));
      time = Timetable.next(timing, time.get());
    }
    return times;
  }
}

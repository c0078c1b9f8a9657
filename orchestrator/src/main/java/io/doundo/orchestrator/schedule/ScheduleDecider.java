package io.doundo.orchestrator.schedule;

import io.doundo.orchestrator.definition.Schedule;
import io.doundo.orchestrator.definition.Schedule.CatchUp;
import io.doundo.orchestrator.definition.Schedule.Overlap;
import io.doundo.orchestrator.schedule.ScheduleEvent.Asked;
import io.doundo.orchestrator.schedule.ScheduleEvent.Declared;
import io.doundo.orchestrator.schedule.ScheduleEvent.RunMoved;
import io.doundo.orchestrator.schedule.ScheduleEvent.Standing;
import io.doundo.orchestrator.schedule.ScheduleRun.Progress;
import io.doundo.orchestrator.schedule.ScheduleState.Pause;
import io.doundo.orchestrator.schedule.ScheduleState.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides when the runs of a schedule start. Pure: state and event go in, the next state and the
 * effects come out. Times that pass while a schedule is paused, or while its orchestration accepts
 * no starts, are neither missed nor caught up.
 */
public final class ScheduleDecider {

  /** A run that starts later than this after its time is late: it is caught up, or missed. */
  public static final Duration IN_TIME = Duration.ofMinutes(1);

  private static final Duration SHORTEST_QUESTION = Duration.ofMinutes(1);
  private static final Duration LONGEST_QUESTION = Duration.ofHours(1);

  private ScheduleDecider() {}

  /**
   * How long the runs are not heard of before they are asked, where the next time does not ask
   * them: the word that one has ended may have got lost. For {@code after} it is the pause, but at
   * least a minute, and never more than an hour.
   */
  static Duration questionEvery(@Nullable Schedule schedule) {
    if (schedule == null || !(schedule.timing() instanceof Schedule.After after)) {
      return LONGEST_QUESTION;
    }
    Duration pause = after.pause();
    return pause.compareTo(SHORTEST_QUESTION) < 0
        ? SHORTEST_QUESTION
        : pause.compareTo(LONGEST_QUESTION) > 0 ? LONGEST_QUESTION : pause;
  }

  /** What the event leads to. */
  public static ScheduleDecision decide(ScheduleState state, ScheduleEvent event) {
    ScheduleDraft draft = new ScheduleDraft(state, event.at());
    draft.askRunsInTime();
    if (!(event instanceof RunMoved)) {
      // What came due before is decided by the rules that were in force then.
      reach(draft);
    }
    if (event instanceof Declared declared) {
      declare(draft, declared);
    } else if (event instanceof RunMoved moved) {
      move(draft, moved);
    } else if (event instanceof Asked asked) {
      ask(draft, asked);
    }
    return draft.decided();
  }

  /** The flowId of a run. */
  static String flowId(ScheduleName name, Instant planned) {
    return name.orchestration() + '.' + name.trigger() + '.' + planned;
  }

  private static void declare(ScheduleDraft draft, Declared declared) {
    Schedule before = draft.schedule;
    String stoppedBefore = draft.stopped;
    draft.schedule = declared.schedule();
    draft.stopped = declared.stopped();
    if (declared.schedule() == null) {
      if (before != null) {
        draft.publish(entry(draft, ScheduleEntry.Type.SCHEDULE_WITHDRAWN, null));
        rest(draft, "the schedule was withdrawn");
      }
      return;
    }
    boolean hasChanged = !declared.schedule().equals(before);
    if (hasChanged) {
      dropWaiting(draft, "the schedule was changed");
      draft.publish(entry(draft, ScheduleEntry.Type.SCHEDULE_DECLARED, null));
    }
    if (declared.stopped() != null && stoppedBefore == null) {
      draft.publish(entry(draft, ScheduleEntry.Type.SCHEDULE_STOPPED, declared.stopped()));
    } else if (declared.stopped() == null && stoppedBefore != null) {
      draft.publish(entry(draft, ScheduleEntry.Type.SCHEDULE_STARTED, null));
    }
    if (!draft.isActive()) {
      rest(draft, declared.stopped() == null ? "the schedule is paused" : declared.stopped());
    } else if (hasChanged || stoppedBefore != null) {
      plan(draft);
    }
  }

  /** Plans the first time after now. */
  private static void plan(ScheduleDraft draft) {
    Schedule schedule = draft.schedule;
    if (schedule == null) {
      draft.next = null;
    } else if (schedule.timing() instanceof Schedule.After after) {
      draft.next = draft.runs().isEmpty() ? wholeSecond(draft.now().plus(after.pause())) : null;
    } else {
      draft.next = Timetable.next(schedule.timing(), draft.now()).orElse(null);
    }
  }

  private static Instant wholeSecond(Instant time) {
    Instant cut = time.truncatedTo(ChronoUnit.SECONDS);
    return cut.equals(time) ? time : cut.plusSeconds(1);
  }

  /** Nothing starts by time until it is planned again. */
  private static void rest(ScheduleDraft draft, String why) {
    draft.next = null;
    dropWaiting(draft, why);
  }

  private static void dropWaiting(ScheduleDraft draft, String why) {
    Waiting waiting = draft.waiting;
    if (waiting != null) {
      draft.waiting = null;
      draft.publish(
          ScheduleEntry.ofRun(
              ScheduleEntry.Type.RUN_SKIPPED,
              draft.now(),
              waiting.planned(),
              null,
              why,
              waiting.by()));
    }
  }

  private static void reach(ScheduleDraft draft) {
    Schedule schedule = draft.schedule;
    Instant first = draft.next;
    if (schedule == null || first == null || !draft.isActive() || first.isAfter(draft.now())) {
      return;
    }
    if (schedule.timing() instanceof Schedule.After) {
      draft.next = null;
      begin(draft, schedule, first, ScheduleEntry.Type.RUN_STARTED, null);
      return;
    }
    Timetable.Due due = Timetable.due(schedule.timing(), first, draft.now());
    draft.next = Timetable.next(schedule.timing(), draft.now()).orElse(null);
    if (due.earlier() > 0) {
      draft.publish(missed(draft, first, due.earlier(), earlierMissed(draft, due)));
    }
    Duration late = Duration.between(due.latest(), draft.now());
    if (late.compareTo(IN_TIME) <= 0) {
      begin(draft, schedule, due.latest(), ScheduleEntry.Type.RUN_STARTED, null);
    } else if (schedule.catchUp() == CatchUp.LATEST && late.compareTo(schedule.within()) <= 0) {
      begin(draft, schedule, due.latest(), ScheduleEntry.Type.RUN_CAUGHT_UP, null);
    } else {
      draft.publish(
          missed(
              draft,
              due.latest(),
              1,
              schedule.catchUp() == CatchUp.NONE
                  ? "nothing decided it in time, and the schedule catches up none"
                  : "nothing decided it in time, and it is too late to catch up"));
    }
  }

  private static String earlierMissed(ScheduleDraft draft, Timetable.Due due) {
    String count =
        due.earlier() == Timetable.MOST_COUNTED ? "at least " + due.earlier() : "" + due.earlier();
    return "%s came due before %s, and nothing decided them in time (it is %s)"
        .formatted(count, due.latest(), draft.now().truncatedTo(ChronoUnit.SECONDS));
  }

  private static ScheduleEntry missed(
      ScheduleDraft draft, Instant planned, int count, String reason) {
    return new ScheduleEntry(
        ScheduleEntry.Type.RUNS_MISSED, draft.now(), planned, count, null, reason, null);
  }

  /** Starts a run, unless the runs before it say otherwise. */
  private static void begin(
      ScheduleDraft draft,
      Schedule schedule,
      Instant planned,
      ScheduleEntry.Type type,
      @Nullable String by) {
    String flowId = flowId(draft.name(), planned);
    if (draft.runs().isEmpty()) {
      start(draft, flowId, planned, type, by);
      return;
    }
    Overlap overlap = schedule.overlap();
    String refusal = refusal(draft, overlap);
    if (refusal != null) {
      draft.askRuns();
      skip(draft, planned, refusal);
    } else if (overlap == Overlap.ALLOW) {
      draft.publish(
          ScheduleEntry.ofRun(
              ScheduleEntry.Type.RUN_OVERLAPPED,
              draft.now(),
              planned,
              flowId,
              draft.runs().size() + " earlier have not ended",
              by));
      start(draft, flowId, planned, type, by);
    } else {
      makeRoom(draft, new Waiting(planned, type == ScheduleEntry.Type.RUN_REQUESTED, by));
      // Behind the request, so that the answer says whether the run has heard it.
      draft.askRuns();
    }
  }

  private static void start(
      ScheduleDraft draft,
      String flowId,
      Instant planned,
      ScheduleEntry.Type type,
      @Nullable String by) {
    draft.blocked = 0;
    draft.start(flowId, planned);
    draft.publish(ScheduleEntry.ofRun(type, draft.now(), planned, flowId, null, by));
  }

  /** Why a run cannot start beside those that go on; null when it can, or once they are undone. */
  private static @Nullable String refusal(ScheduleDraft draft, Overlap overlap) {
    if (draft.runs().isEmpty()) {
      return null;
    }
    ScheduleRun oldest = draft.runs().get(0);
    if (overlap == Overlap.ALLOW) {
      return draft.runs().size() < ScheduleState.MOST_RUNS
          ? null
          : "%d runs have not ended, the oldest is %s"
              .formatted(draft.runs().size(), oldest.flowId());
    }
    for (ScheduleRun run : draft.runs()) {
      if (run.progress() == Progress.BLOCKED) {
        return "the run %s needs an operator".formatted(run.flowId());
      }
    }
    return overlap == Overlap.SKIP ? "the run %s has not ended".formatted(oldest.flowId()) : null;
  }

  private static void skip(ScheduleDraft draft, Instant planned, String reason) {
    boolean isBlocked = draft.isBlocked();
    draft.blocked = isBlocked ? draft.blocked + 1 : 0;
    draft.publish(
        ScheduleEntry.ofRun(
            isBlocked ? ScheduleEntry.Type.RUN_BLOCKED : ScheduleEntry.Type.RUN_SKIPPED,
            draft.now(),
            planned,
            null,
            reason,
            null));
  }

  /** Asks the earlier runs to go back; the run waits until they have. */
  private static void makeRoom(ScheduleDraft draft, Waiting next) {
    Instant planned = next.planned();
    dropWaiting(draft, "the run of " + planned + " came due while it waited");
    draft.waiting = next;
    for (ScheduleRun run : List.copyOf(draft.runs())) {
      if (run.progress() == Progress.RUNNING) {
        String reason = reasonToCancel(next);
        draft.cancel(run, reason);
        draft.publish(
            ScheduleEntry.ofRun(
                ScheduleEntry.Type.RUN_OVERLAPPED,
                draft.now(),
                planned,
                run.flowId(),
                "it is cancelled: " + reason,
                next.by()));
      }
    }
  }

  private static void move(ScheduleDraft draft, RunMoved moved) {
    ScheduleRun run = draft.run(moved.flowId());
    if (run == null || moved.transition() < run.transition()) {
      return;
    }
    Waiting waiting = draft.waiting;
    if (waiting != null && hasMissedCancel(run, moved)) {
      draft.cancel(run, reasonToCancel(waiting));
    }
    if (moved.transition() == run.transition()) {
      return;
    }
    ScheduleRun told = run.told(moved.transition());
    draft.put(told);
    if (moved.standing() == Standing.ENDED) {
      end(draft, told, moved);
    } else if (moved.standing() == Standing.STUCK) {
      getStuck(draft, told, moved);
    } else if (run.progress() == Progress.BLOCKED) {
      draft.put(
          told.with(moved.status().equals("UNDOING") ? Progress.GOING_BACK : Progress.RUNNING));
    }
  }

  /**
   * Whether the run goes on although it was asked to go back: the engine may have failed on that.
   * If it has not, the repeated request changes nothing.
   */
  private static boolean hasMissedCancel(ScheduleRun run, RunMoved moved) {
    return run.progress() == Progress.GOING_BACK
        && moved.standing() == Standing.MOVES
        && moved.status().equals("IN_PROGRESS");
  }

  private static String reasonToCancel(Waiting next) {
    return "the run of %s is due".formatted(next.planned());
  }

  private static void end(ScheduleDraft draft, ScheduleRun run, RunMoved moved) {
    draft.remove(run);
    String reason = moved.reason() == null ? "" : ": " + moved.reason();
    boolean hasStarted = !moved.status().equals("REJECTED");
    draft.publish(
        ScheduleEntry.ofRun(
            hasStarted ? ScheduleEntry.Type.RUN_ENDED : ScheduleEntry.Type.RUN_FAILED_TO_START,
            draft.now(),
            run.planned(),
            run.flowId(),
            moved.status() + reason,
            null));
    if (!draft.isBlocked()) {
      draft.blocked = 0;
    }
    Schedule schedule = draft.schedule;
    if (!draft.runs().isEmpty() || schedule == null || draft.stopped != null) {
      return;
    }
    // A run that waits was asked for, also while paused, or came due: a pause drops what came due.
    Waiting waiting = draft.waiting;
    if (waiting != null) {
      draft.waiting = null;
      start(
          draft,
          flowId(draft.name(), waiting.planned()),
          waiting.planned(),
          waiting.isRequested() ? ScheduleEntry.Type.RUN_REQUESTED : ScheduleEntry.Type.RUN_STARTED,
          waiting.by());
    } else if (draft.isActive() && schedule.timing() instanceof Schedule.After) {
      plan(draft);
    }
  }

  private static void getStuck(ScheduleDraft draft, ScheduleRun run, RunMoved moved) {
    if (run.progress() == Progress.BLOCKED) {
      return;
    }
    draft.put(run.with(Progress.BLOCKED));
    String reason = moved.reason() == null ? "" : ": " + moved.reason();
    draft.publish(
        ScheduleEntry.ofRun(
            ScheduleEntry.Type.RUN_STUCK,
            draft.now(),
            run.planned(),
            run.flowId(),
            moved.status() + reason,
            null));
    Waiting waiting = draft.waiting;
    if (waiting != null) {
      draft.waiting = null;
      skip(draft, waiting.planned(), "the run %s needs an operator".formatted(run.flowId()));
    }
  }

  private static void ask(ScheduleDraft draft, Asked asked) {
    if (draft.knows(asked.controlId())) {
      return;
    }
    String refusal = carryOut(draft, asked);
    draft.answer(asked.controlId(), refusal);
    if (refusal != null) {
      draft.publish(
          entry(
              draft,
              ScheduleEntry.Type.REQUEST_REFUSED,
              asked.verb() + ": " + refusal,
              asked.by()));
    }
  }

  private static @Nullable String carryOut(ScheduleDraft draft, Asked asked) {
    Schedule schedule = draft.schedule;
    if (schedule == null) {
      return "there is no schedule " + draft.name();
    }
    switch (asked.verb()) {
      case PAUSE -> {
        if (draft.paused == null) {
          draft.paused = new Pause(draft.now(), asked.by(), asked.reason());
          draft.publish(
              entry(draft, ScheduleEntry.Type.SCHEDULE_PAUSED, asked.reason(), asked.by()));
          rest(draft, "the schedule was paused");
        }
        return null;
      }
      case RESUME -> {
        if (draft.paused != null) {
          draft.paused = null;
          draft.publish(
              entry(draft, ScheduleEntry.Type.SCHEDULE_RESUMED, asked.reason(), asked.by()));
          if (draft.isActive()) {
            plan(draft);
          }
        }
        return null;
      }
      case TRIGGER -> {
        return trigger(draft, schedule, asked);
      }
    }
    throw new IllegalStateException("unknown verb " + asked.verb());
  }

  private static @Nullable String trigger(ScheduleDraft draft, Schedule schedule, Asked asked) {
    if (draft.stopped != null) {
      return draft.stopped;
    }
    if (asked.problem() != null) {
      return asked.problem();
    }
    String refusal = refusal(draft, schedule.overlap());
    if (refusal != null) {
      draft.askRuns();
      return refusal;
    }
    if (draft.waiting != null) {
      return "the run of %s is waiting for the earlier ones to be undone"
          .formatted(draft.waiting.planned());
    }
    if (schedule.timing() instanceof Schedule.After && !draft.runs().isEmpty()) {
      draft.askRuns();
      return "the run %s has not ended".formatted(draft.runs().get(0).flowId());
    }
    if (schedule.timing() instanceof Schedule.After) {
      draft.next = null;
    }
    begin(draft, schedule, requestedAt(draft), ScheduleEntry.Type.RUN_REQUESTED, asked.by());
    return null;
  }

  /** A time that no run has had: planned ones are at whole seconds. */
  private static Instant requestedAt(ScheduleDraft draft) {
    Instant at = draft.now().truncatedTo(ChronoUnit.MILLIS);
    while (at.equals(at.truncatedTo(ChronoUnit.SECONDS))
        || draft.run(flowId(draft.name(), at)) != null) {
      at = at.plusMillis(1);
    }
    return at;
  }

  private static ScheduleEntry entry(
      ScheduleDraft draft, ScheduleEntry.Type type, @Nullable String reason) {
    return entry(draft, type, reason, null);
  }

  private static ScheduleEntry entry(
      ScheduleDraft draft, ScheduleEntry.Type type, @Nullable String reason, @Nullable String by) {
    return ScheduleEntry.of(type, draft.now(), reason, by);
  }
}

package io.doundo.orchestrator.schedule;

import io.doundo.orchestrator.definition.Schedule;
import io.doundo.orchestrator.definition.Schedule.Overlap;
import io.doundo.orchestrator.schedule.ScheduleRun.Progress;
import io.doundo.orchestrator.schedule.ScheduleState.Outcome;
import io.doundo.orchestrator.schedule.ScheduleState.Pause;
import io.doundo.orchestrator.schedule.ScheduleState.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A state of a schedule while it is decided, and what follows. Used once; not thread-safe. */
final class ScheduleDraft {

  private final ScheduleState before;
  private final Instant now;
  private final List<ScheduleRun> runs;
  private final List<ScheduleEntry> recent;
  private final List<Outcome> outcomes;
  private final List<ScheduleEffect> effects = new ArrayList<>();
  @Nullable Schedule schedule;
  @Nullable String stopped;
  @Nullable Pause paused;
  @Nullable Instant next;
  @Nullable Waiting waiting;
  int blocked;
  private @Nullable Instant asksAt;

  ScheduleDraft(ScheduleState before, Instant now) {
    this.before = before;
    this.now = now;
    this.schedule = before.schedule();
    this.stopped = before.stopped();
    this.paused = before.paused();
    this.next = before.next();
    this.waiting = before.waiting();
    this.blocked = before.blocked();
    this.asksAt = before.asksAt();
    this.runs = new ArrayList<>(before.runs());
    this.recent = new ArrayList<>(before.recent());
    this.outcomes = new ArrayList<>(before.outcomes());
  }

  ScheduleName name() {
    return before.name();
  }

  Instant now() {
    return now;
  }

  List<ScheduleRun> runs() {
    return runs;
  }

  /** Whether runs start by time. */
  boolean isActive() {
    return schedule != null && stopped == null && paused == null;
  }

  @Nullable ScheduleRun run(String flowId) {
    for (ScheduleRun run : runs) {
      if (run.flowId().equals(flowId)) {
        return run;
      }
    }
    return null;
  }

  void put(ScheduleRun run) {
    for (int i = 0; i < runs.size(); i++) {
      if (runs.get(i).flowId().equals(run.flowId())) {
        runs.set(i, run);
        return;
      }
    }
    runs.add(run);
  }

  void remove(ScheduleRun run) {
    runs.removeIf(other -> other.flowId().equals(run.flowId()));
  }

  boolean isBlocked() {
    return runs.stream().anyMatch(run -> run.progress() == Progress.BLOCKED);
  }

  void start(String flowId, Instant planned) {
    put(new ScheduleRun(flowId, planned, Progress.RUNNING, 0));
    effects.add(new ScheduleEffect.StartRun(flowId, planned));
  }

  void cancel(ScheduleRun run, String reason) {
    put(run.with(Progress.GOING_BACK));
    effects.add(new ScheduleEffect.CancelRun(run.flowId(), reason));
  }

  /** Asks all runs how they stand: the word that one has ended may have got lost. */
  void askRuns() {
    runs.forEach(run -> effects.add(new ScheduleEffect.AskRun(run.flowId())));
  }

  /** Asks the runs, if nothing else has asked them for too long. */
  void askRunsInTime() {
    if (asksAt != null && !asksAt.isAfter(now)) {
      askRuns();
      asksAt = null;
    }
  }

  /**
   * A time of the schedule asks its runs. Where none is left, and where the next run starts without
   * asking those that go on, a time of their own does.
   */
  private void planQuestion() {
    boolean isAskedByNext = next != null && schedule != null && schedule.overlap() != Overlap.ALLOW;
    if (isAskedByNext || runs.isEmpty()) {
      asksAt = null;
    } else if (asksAt == null) {
      asksAt = now.plus(ScheduleDecider.questionEvery(schedule));
    }
  }

  void publish(ScheduleEntry entry) {
    recent.add(entry);
    if (recent.size() > ScheduleState.MOST_RECENT) {
      recent.remove(0);
    }
    effects.add(new ScheduleEffect.Publish(entry));
  }

  /** Whether the request was answered before. */
  boolean knows(String controlId) {
    return outcomes.stream().anyMatch(outcome -> outcome.controlId().equals(controlId));
  }

  void answer(String controlId, @Nullable String refusal) {
    outcomes.add(new Outcome(controlId, refusal));
    if (outcomes.size() > ScheduleState.MOST_OUTCOMES) {
      outcomes.remove(0);
    }
  }

  ScheduleDecision decided() {
    planQuestion();
    ScheduleState same = state(before.changes());
    return new ScheduleDecision(
        same.equals(before) ? before : state(before.changes() + 1), effects);
  }

  private ScheduleState state(long changes) {
    return new ScheduleState(
        before.name(),
        schedule,
        stopped,
        paused,
        next,
        waiting,
        runs,
        blocked,
        recent,
        outcomes,
        asksAt,
        changes);
  }
}

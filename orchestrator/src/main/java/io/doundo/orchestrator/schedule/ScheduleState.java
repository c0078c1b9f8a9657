package io.doundo.orchestrator.schedule;

import io.doundo.orchestrator.definition.Schedule;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known of a schedule. Immutable.
 *
 * @param schedule null when its orchestration does not have it any more
 * @param stopped why its orchestration accepts no starts; null when it does
 * @param paused who paused it and why; null when it is not paused
 * @param next the next time; null when there is none
 * @param waiting the run that starts once the earlier ones have gone back, or null
 * @param runs those that have not ended, oldest first
 * @param blocked how many times in a row a run did not start because an earlier one is blocked
 * @param recent the latest entries, oldest first
 * @param outcomes of the latest requests, oldest first
 * @param asksAt from when on the runs are asked how they stand, because no time of the schedule
 *     will ask them; null when there is no run, or the next time asks them
 * @param changes how many decisions have changed it
 */
public record ScheduleState(
    ScheduleName name,
    @Nullable Schedule schedule,
    @Nullable String stopped,
    @Nullable Pause paused,
    @Nullable Instant next,
    @Nullable Waiting waiting,
    List<ScheduleRun> runs,
    int blocked,
    List<ScheduleEntry> recent,
    List<Outcome> outcomes,
    @Nullable Instant asksAt,
    long changes) {

  /** How many entries a schedule keeps. */
  public static final int MOST_RECENT = 20;

  /** How many requests a schedule remembers. */
  public static final int MOST_OUTCOMES = 64;

  /** How many runs may go on at the same time. */
  public static final int MOST_RUNS = 100;

  /**
   * Who paused a schedule, and why.
   *
   * @param by null when the request did not say
   * @param reason null when the request did not say
   */
  public record Pause(Instant at, @Nullable String by, @Nullable String reason) {}

  /**
   * A run that waits for the earlier ones to be undone.
   *
   * @param planned the time that it was due
   * @param isRequested whether an operator asked for it
   * @param by the operator, or null
   */
  public record Waiting(Instant planned, boolean isRequested, @Nullable String by) {}

  /**
   * The outcome of a request.
   *
   * @param refusal why it was refused; null when it was carried out
   */
  public record Outcome(String controlId, @Nullable String refusal) {}

  public ScheduleState {
    runs = List.copyOf(runs);
    recent = List.copyOf(recent);
    outcomes = List.copyOf(outcomes);
  }

  /** A schedule of which nothing is known yet. */
  public static ScheduleState unknown(ScheduleName name) {
    return new ScheduleState(
        name, null, null, null, null, null, List.of(), 0, List.of(), List.of(), null, 0);
  }

  /** When its timer fires; null when it has none. */
  public @Nullable Instant wakesAt() {
    return next == null ? asksAt : next;
  }

  /**
   * Whether nothing is left of it: it is not declared, and none of its runs goes on. A pause stays,
   * because the schedule may be declared again, and nobody has resumed it then.
   */
  public boolean isGone() {
    return schedule == null && runs.isEmpty() && paused == null;
  }

  /** Whether there is something to show: it is declared, or a run of it goes on. */
  public boolean isShown() {
    return schedule != null || !runs.isEmpty();
  }

  /** Whether its runs do not start, because an earlier one needs an operator. */
  public boolean isBlocked() {
    return schedule != null && blocked > 1;
  }

  /** The outcome of a request; null when it is not remembered. */
  public @Nullable Outcome outcomeOf(String controlId) {
    for (Outcome outcome : outcomes) {
      if (outcome.controlId().equals(controlId)) {
        return outcome;
      }
    }
    return null;
  }
}

package io.doundo.orchestrator.schedule;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened to a schedule, for its history and the audit log.
 *
 * @param at when it happened
 * @param planned the time of the run that it is about, or of the first of several; null for none
 * @param count how many runs it is about; 0 for none
 * @param flowId the run, or null
 * @param reason why, or null
 * @param by the operator who asked for it, or null
 */
public record ScheduleEntry(
    Type type,
    Instant at,
    @Nullable Instant planned,
    int count,
    @Nullable String flowId,
    @Nullable String reason,
    @Nullable String by) {

  /** What happened. Stored by name: rename none. */
  public enum Type {
    /** The schedule is new, or its times, rules or payload have changed. */
    SCHEDULE_DECLARED,
    /** The newest version of the orchestration does not have it any more. */
    SCHEDULE_WITHDRAWN,
    SCHEDULE_PAUSED,
    SCHEDULE_RESUMED,
    /** Its orchestration accepts no starts. */
    SCHEDULE_STOPPED,
    /** Its orchestration accepts starts again. */
    SCHEDULE_STARTED,
    /** A run started in time. */
    RUN_STARTED,
    /** A run started late, because no orchestrator ran when it was due. */
    RUN_CAUGHT_UP,
    /** A run started because an operator asked for it. */
    RUN_REQUESTED,
    /** A run started while an earlier one had not ended, or an earlier one was asked to go back. */
    RUN_OVERLAPPED,
    /** A run did not start, because an earlier one had not ended. */
    RUN_SKIPPED,
    /** A run did not start, because an earlier one is parked or refuses to go back. */
    RUN_BLOCKED,
    /** Runs did not start, because no orchestrator ran when they were due. */
    RUNS_MISSED,
    /** A run could not be started. */
    RUN_FAILED_TO_START,
    RUN_ENDED,
    /** A run is parked, or refuses to go back. */
    RUN_STUCK,
    /** A request of an operator was refused. */
    REQUEST_REFUSED
  }

  static ScheduleEntry of(Type type, Instant at, @Nullable String reason, @Nullable String by) {
    return new ScheduleEntry(type, at, null, 0, null, reason, by);
  }

  static ScheduleEntry ofRun(
      Type type,
      Instant at,
      Instant planned,
      @Nullable String flowId,
      @Nullable String reason,
      @Nullable String by) {
    return new ScheduleEntry(type, at, planned, 1, flowId, reason, by);
  }
}

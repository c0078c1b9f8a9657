package io.doundo.orchestrator.schedule;

import java.time.Instant;

/**
 * A run that has not ended, as far as its schedule knows.
 *
 * @param planned the time that it was due
 * @param transition the flow's transition that was told last; 0 before the first
 */
public record ScheduleRun(String flowId, Instant planned, Progress progress, int transition) {

  /** How a run stands. */
  public enum Progress {
    RUNNING,
    /** It was asked to go back, and has not done so yet. */
    GOING_BACK,
    /** It is parked, or refuses to go back: it does not end without an operator. */
    BLOCKED
  }

  ScheduleRun with(Progress next) {
    return new ScheduleRun(flowId, planned, next, transition);
  }

  ScheduleRun told(int number) {
    return new ScheduleRun(flowId, planned, progress, number);
  }
}

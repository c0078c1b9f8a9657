package io.doundo.orchestrator.schedule;

import java.time.Instant;

/** What follows from a decision about a schedule. */
public sealed interface ScheduleEffect {

  /**
   * Start a flow. The same run has the same flowId, so it never starts twice.
   *
   * @param planned the time that it was due
   */
  record StartRun(String flowId, Instant planned) implements ScheduleEffect {}

  /** Cancel a flow, which undoes it. */
  record CancelRun(String flowId, String reason) implements ScheduleEffect {}

  /**
   * Ask a run how it stands: it answers with {@link ScheduleEvent.RunMoved}, also when it is gone.
   */
  record AskRun(String flowId) implements ScheduleEffect {}

  /** Write an entry to the audit log and count it. */
  record Publish(ScheduleEntry entry) implements ScheduleEffect {}
}

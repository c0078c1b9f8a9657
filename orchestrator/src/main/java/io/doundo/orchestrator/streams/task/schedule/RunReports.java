package io.doundo.orchestrator.streams.task.schedule;

import io.doundo.orchestrator.core.state.ControlOutcome;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.schedule.ScheduleEvent.Standing;
import io.doundo.orchestrator.schedule.ScheduleName;
import io.doundo.orchestrator.schedule.stored.ScheduleKey;
import io.doundo.orchestrator.schedule.stored.ScheduleMessage;
import io.doundo.orchestrator.streams.record.OutputRecord;
import io.doundo.orchestrator.streams.record.RekeyCodec;
import io.doundo.orchestrator.streams.state.FlowStub;
import io.doundo.protocol.Topics;
import org.jspecify.annotations.Nullable;

/**
 * What a run tells its schedule: that it has ended, is stuck or moves again. It is sent with the
 * transition, and read once that is committed. Stateless.
 */
public final class RunReports {

  private RunReports() {}

  /**
   * The record for the schedule of a flow that has moved; null when no schedule has to know.
   *
   * @param before null for a flow that begins
   */
  public static @Nullable OutputRecord moved(@Nullable FlowState before, FlowState after) {
    ScheduleName name = scheduleOf(after);
    Standing now = standing(after);
    Standing earlier = before == null ? Standing.MOVES : standing(before);
    if (name == null) {
      return null;
    }
    if (now != earlier) {
      return record(name, after, now, after.reason());
    }
    boolean hasDroppedCancel =
        before != null
            && before.cancelReason() != null
            && after.cancelReason() == null
            && after.status() == FlowStatus.IN_PROGRESS;
    return hasDroppedCancel
        ? record(name, after, Standing.STUCK, "it does not go back: its pivot has succeeded")
        : null;
  }

  /**
   * The record for the schedule that has asked a flow to go back; null when the flow does, or has
   * ended.
   *
   * @param controlId of the request
   */
  public static @Nullable OutputRecord answered(String controlId, FlowState after) {
    ScheduleName name = scheduleOf(after);
    ControlOutcome outcome = after.notes().outcomeOf(controlId);
    if (name == null
        || outcome == null
        || outcome.accepted()
        || standing(after) != Standing.MOVES
        || after.status() == FlowStatus.UNDOING) {
      // It has ended, is known to be stuck, or goes back already.
      return null;
    }
    return record(name, after, Standing.STUCK, "it does not go back: " + outcome.refusal());
  }

  /** The record for a schedule that has asked how its run stands. */
  public static OutputRecord standing(ScheduleName name, FlowState flow) {
    return record(name, flow, standing(flow), flow.reason());
  }

  /** The same for a run that has ended and is in the archive. */
  public static OutputRecord ended(ScheduleName name, String flowId, FlowStub stub) {
    return send(
        new ScheduleMessage.Moved(
            name, flowId, stub.transitions(), Standing.ENDED, stub.status().name(), null));
  }

  /** The same for a run that is neither alive nor in the archive any more. */
  public static OutputRecord gone(ScheduleName name, String flowId) {
    return send(
        new ScheduleMessage.Moved(
            name,
            flowId,
            Integer.MAX_VALUE,
            Standing.ENDED,
            "UNKNOWN",
            "there is no such flow any more"));
  }

  /** The record for a schedule whose run could not start, because its flowId is another flow's. */
  public static OutputRecord refused(ScheduleName name, String flowId, String reason) {
    return send(new ScheduleMessage.Moved(name, flowId, 1, Standing.ENDED, "REJECTED", reason));
  }

  private static @Nullable ScheduleName scheduleOf(FlowState flow) {
    return flow.origin().partOf() == null
        ? ScheduleKey.ofInitiator(flow.origin().initiator())
        : null;
  }

  private static Standing standing(FlowState flow) {
    if (flow.status().isTerminal()) {
      return Standing.ENDED;
    }
    return flow.status() == FlowStatus.PARKED ? Standing.STUCK : Standing.MOVES;
  }

  private static OutputRecord record(
      ScheduleName name, FlowState flow, Standing standing, @Nullable String reason) {
    return send(
        new ScheduleMessage.Moved(
            name, flow.flowId(), flow.transitions(), standing, statusOf(flow), reason));
  }

  /** A run that is to go back once the outcome of its pivot is known counts as going back. */
  private static String statusOf(FlowState flow) {
    boolean goesBack = flow.status() == FlowStatus.IN_PROGRESS && flow.cancelReason() != null;
    return (goesBack ? FlowStatus.UNDOING : flow.status()).name();
  }

  private static OutputRecord send(ScheduleMessage.Moved message) {
    return OutputRecord.of(
        Topics.REKEY, ScheduleKey.of(message.name()), new RekeyCodec.ToSchedule(message).encode());
  }
}

package io.doundo.orchestrator.streams.record;

import io.doundo.orchestrator.audit.EventJson;
import io.doundo.orchestrator.breaker.BreakerEntry;
import io.doundo.orchestrator.breaker.stored.BreakerKey;
import io.doundo.orchestrator.breaker.stored.BreakerStateCodec;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.schedule.ScheduleEntry;
import io.doundo.orchestrator.schedule.ScheduleName;
import io.doundo.orchestrator.schedule.stored.ScheduleKey;
import io.doundo.orchestrator.schedule.stored.ScheduleStateCodec;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the records of the audit log: one per transition, with the event that caused it, so that
 * the core can be run over the log again. Immutable.
 */
public final class AuditLog {

  /** The maximum length of each text in a record that would be too large. */
  private static final int SHORTENED = 60;

  private final int maxRecordBytes;

  public AuditLog(int maxRecordBytes) {
    this.maxRecordBytes = maxRecordBytes;
  }

  /**
   * The record of a transition.
   *
   * @param before null for a flow that begins
   * @param further the events that completed it
   * @param sent the commands that it sent
   * @param traceparent the trace in which the flow was started; null but for its start
   */
  public OutputRecord record(
      @Nullable FlowState before,
      FlowState after,
      FlowEvent event,
      List<FlowEvent> further,
      List<PublishFlowEvent> entries,
      List<DispatchStep> sent,
      @Nullable String traceparent) {
    boolean reopens = before != null && before.status().isTerminal();
    Transition transition =
        new Transition(after, event, further, entries, sent, traceparent, reopens);
    OutputRecord record = record(transition, Integer.MAX_VALUE);
    return record.size() <= maxRecordBytes ? record : record(transition, SHORTENED);
  }

  /** The record of what happened to a schedule, under its key. */
  public OutputRecord record(ScheduleName schedule, ScheduleEntry entry) {
    ObjectNode json = Json.MAPPER.createObjectNode().put("schedule", schedule.toString());
    json.setAll(ScheduleStateCodec.write(entry));
    return OutputRecord.of(
        Topics.FLOW_EVENTS, ScheduleKey.of(schedule), Json.MAPPER.writeValueAsBytes(json));
  }

  /** The record of what happened to a breaker, under its key. */
  public OutputRecord record(String breaker, BreakerEntry entry) {
    ObjectNode json = Json.MAPPER.createObjectNode().put("breaker", breaker);
    json.setAll(BreakerStateCodec.write(entry));
    return OutputRecord.of(
        Topics.FLOW_EVENTS, BreakerKey.of(breaker), Json.MAPPER.writeValueAsBytes(json));
  }

  private record Transition(
      FlowState after,
      FlowEvent event,
      List<FlowEvent> further,
      List<PublishFlowEvent> entries,
      List<DispatchStep> sent,
      @Nullable String traceparent,
      boolean reopens) {

    /** The id of the command whose sending this entry tells; null for other entries. */
    @Nullable String commandIdOf(PublishFlowEvent entry) {
      if (entry.type() != FlowEventType.STEP_STARTED) {
        return null;
      }
      for (DispatchStep command : sent) {
        if (command.stepName().equals(entry.step())
            && command.action() == entry.action()
            && command.attempt() == entry.attempt()) {
          return command.commandId();
        }
      }
      return null;
    }
  }

  private static OutputRecord record(Transition transition, int longestText) {
    FlowState after = transition.after();
    FlowEvent event = transition.event();
    List<FlowEvent> further = transition.further();
    DefinitionId definition = after.definition();
    Instant timestamp = Instant.ofEpochMilli(event.at());
    AuditRecord record =
        new AuditRecord(
            after.flowId(),
            after.incarnation(),
            after.orchestrationName(),
            definition == null ? null : definition.header(),
            after.transitions(),
            event.at(),
            after.status().name(),
            EventJson.of(event, longestText),
            further.isEmpty()
                ? List.of()
                : further.stream().map(next -> EventJson.of(next, longestText)).toList(),
            transition.entries().stream()
                .map(entry -> entry(entry, transition.commandIdOf(entry), timestamp, longestText))
                .toList(),
            transition.traceparent(),
            transition.reopens());
    return OutputRecord.of(Topics.FLOW_EVENTS, after.flowId(), record.encode());
  }

  private static AuditRecord.Entry entry(
      PublishFlowEvent event, @Nullable String commandId, Instant timestamp, int longestText) {
    return new AuditRecord.Entry(
        event.type().name(),
        event.step(),
        event.action(),
        event.generation(),
        event.attempt(),
        event.durationMs(),
        event.worker(),
        EventJson.shortened(event.reason(), longestText),
        event.controlId(),
        commandId,
        timestamp);
  }
}

package io.doundo.orchestrator.streams.record;

import io.doundo.orchestrator.audit.EventJson;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.Topics;
import java.time.Instant;
import java.util.List;

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
   * @param further the events that completed it
   */
  public OutputRecord record(
      FlowState after, FlowEvent event, List<FlowEvent> further, List<PublishFlowEvent> entries) {
    OutputRecord record = record(after, event, further, entries, Integer.MAX_VALUE);
    return record.size() <= maxRecordBytes
        ? record
        : record(after, event, further, entries, SHORTENED);
  }

  private static OutputRecord record(
      FlowState after,
      FlowEvent event,
      List<FlowEvent> further,
      List<PublishFlowEvent> entries,
      int longestText) {
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
            entries.stream().map(entry -> entry(entry, timestamp, longestText)).toList());
    return OutputRecord.of(Topics.FLOW_EVENTS, after.flowId(), record.encode());
  }

  private static AuditRecord.Entry entry(
      PublishFlowEvent event, Instant timestamp, int longestText) {
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
        timestamp);
  }
}

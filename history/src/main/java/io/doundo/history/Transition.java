package io.doundo.history;

import io.doundo.orchestrator.audit.EventJson;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.json.MalformedRecordException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A committed audit record: a transition with the event that caused it.
 *
 * @param definition {@code name@hash}, or null while the flow has none
 * @param number counts from 1 in each incarnation
 * @param status the flow's status after the transition
 */
public record Transition(
    RecordPosition place,
    String flowId,
    String incarnation,
    String orchestrationName,
    @Nullable String definition,
    int number,
    FlowStatus status,
    FlowEvent input,
    List<PublishFlowEvent> entries) {

  public Transition {
    entries = List.copyOf(entries);
  }

  /** Reads what the audit log holds. */
  public static Transition of(RecordPosition place, AuditRecord record)
      throws MalformedRecordException {
    List<PublishFlowEvent> entries = new ArrayList<>(record.events().size());
    try {
      for (AuditRecord.Entry entry : record.events()) {
        entries.add(
            new PublishFlowEvent(
                FlowEventType.valueOf(entry.type()),
                entry.step(),
                entry.operation(),
                entry.generation(),
                entry.attempt(),
                entry.durationMs(),
                entry.worker(),
                entry.reason()));
      }
      return new Transition(
          place,
          record.flowId(),
          record.incarnation(),
          record.orchestrationName(),
          record.definition(),
          record.transition(),
          FlowStatus.valueOf(record.status()),
          EventJson.read(record.input()),
          entries);
    } catch (IllegalArgumentException e) {
      throw new MalformedRecordException("the audit record cannot be read: " + e.getMessage());
    }
  }

  public boolean published(FlowEventType type) {
    for (PublishFlowEvent entry : entries) {
      if (entry.type() == type) {
        return true;
      }
    }
    return false;
  }
}

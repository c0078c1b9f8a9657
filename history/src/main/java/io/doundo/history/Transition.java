package io.doundo.history;

import io.doundo.orchestrator.audit.EventJson;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A committed audit record: a transition with the event that caused it.
 *
 * @param definition {@code name@hash}, or null while the flow has none
 * @param number counts from 1 in each incarnation
 * @param status the flow's status after the transition
 * @param further the events that completed the transition, in order
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
    List<FlowEvent> further,
    List<PublishFlowEvent> entries) {

  /** A transition that a single event completed. */
  public Transition(
      RecordPosition place,
      String flowId,
      String incarnation,
      String orchestrationName,
      @Nullable String definition,
      int number,
      FlowStatus status,
      FlowEvent input,
      List<PublishFlowEvent> entries) {
    this(
        place,
        flowId,
        incarnation,
        orchestrationName,
        definition,
        number,
        status,
        input,
        List.of(),
        entries);
  }

  public Transition {
    // Older files do not have it.
    further = further == null ? List.of() : List.copyOf(further);
    entries = List.copyOf(entries);
  }

  /** Reads what the audit log holds. */
  public static Transition of(RecordPosition place, AuditRecord record)
      throws MalformedRecordException {
    List<PublishFlowEvent> entries = new ArrayList<>(record.events().size());
    List<FlowEvent> further = new ArrayList<>(record.further().size());
    for (RawJson event : record.further()) {
      further.add(EventJson.read(event));
    }
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
                entry.reason(),
                entry.controlId()));
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
          further,
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

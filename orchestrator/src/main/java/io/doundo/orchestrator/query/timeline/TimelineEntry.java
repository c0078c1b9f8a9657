package io.doundo.orchestrator.query.timeline;

import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.AuditRecord.Entry;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.json.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a flow's audit log.
 *
 * @param transition the transition it belongs to; several entries may share one
 * @param attempt null when it is about no command
 * @param generation null when it is about no command
 * @param pickedUpAt of an answer: when the worker's handler began, by the clock of the worker; null
 *     when it does not say
 * @param handledMs of an answer: how long the handler ran; null when the worker does not say
 * @param status the flow's status after the transition
 */
public record TimelineEntry(
    int transition,
    String type,
    @Nullable String step,
    @Nullable CommandAction operation,
    @Nullable Integer attempt,
    @Nullable Integer generation,
    @Nullable Long durationMs,
    @Nullable Instant pickedUpAt,
    @Nullable Long handledMs,
    @Nullable String worker,
    @Nullable String reason,
    Instant timestamp,
    String status) {

  /** The entries of one audit record, in order. */
  public static List<TimelineEntry> of(AuditRecord record) {
    HandlerTimes times = times(record);
    return record.events().stream()
        .map(event -> of(record, event, isAnswer(event) ? times : HandlerTimes.UNKNOWN))
        .toList();
  }

  private static TimelineEntry of(AuditRecord record, Entry event, HandlerTimes times) {
    return new TimelineEntry(
        record.transition(),
        event.type(),
        event.step(),
        event.operation(),
        event.attempt() == 0 ? null : event.attempt(),
        event.generation() == 0 ? null : event.generation(),
        event.durationMs() < 0 ? null : event.durationMs(),
        times.pickedUpAt(),
        times.handledMs(),
        event.worker(),
        event.reason(),
        event.timestamp(),
        record.status());
  }

  private static boolean isAnswer(Entry event) {
    return event.attempt() > 0
        && (event.type().equals("STEP_SUCCESS") || event.type().equals("STEP_FAILED"));
  }

  /** The input is only read where an entry can show what it tells. */
  private static HandlerTimes times(AuditRecord record) {
    return record.events().stream().anyMatch(TimelineEntry::isAnswer)
        ? HandlerTimes.of(Json.MAPPER.readTree(record.input().bytes()).path("answerOf"))
        : HandlerTimes.UNKNOWN;
  }
}

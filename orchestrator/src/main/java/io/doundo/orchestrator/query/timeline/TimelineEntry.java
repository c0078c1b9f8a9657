package io.doundo.orchestrator.query.timeline;

import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.CommandAction;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a flow's audit log.
 *
 * @param transition the transition it belongs to; several entries may share one
 * @param attempt null when it is about no command
 * @param generation null when it is about no command
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
    @Nullable String worker,
    @Nullable String reason,
    Instant timestamp,
    String status) {

  /** The entries of one audit record, in order. */
  public static List<TimelineEntry> of(AuditRecord record) {
    return record.events().stream()
        .map(
            event ->
                new TimelineEntry(
                    record.transition(),
                    event.type(),
                    event.step(),
                    event.operation(),
                    event.attempt() == 0 ? null : event.attempt(),
                    event.generation() == 0 ? null : event.generation(),
                    event.durationMs() < 0 ? null : event.durationMs(),
                    event.worker(),
                    event.reason(),
                    event.timestamp(),
                    record.status()))
        .toList();
  }
}

package io.doundo.orchestrator.api.live;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.doundo.orchestrator.query.timeline.TimelineEntry;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One entry of a flow's timeline as it happens.
 *
 * @param commandId the command whose answer caused it; null when it was caused by something else
 * @param by who asked for it; null when nobody did
 */
record FlowEntry(
    String flowId,
    @JsonUnwrapped TimelineEntry entry,
    @Nullable String commandId,
    @Nullable String by) {

  static List<FlowEntry> of(AuditRecord record) {
    JsonNode cause = Json.MAPPER.readTree(record.input().bytes());
    String commandId = cause.at("/answerOf/commandId").asString(null);
    String by = cause.path("requestedBy").asString(null);
    return TimelineEntry.of(record).stream()
        .map(entry -> new FlowEntry(record.flowId(), entry, commandId, by))
        .toList();
  }
}

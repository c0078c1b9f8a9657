package io.doundo.orchestrator.jobs;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads from a flow's audit record what has become of a job's request to it. Pure.
 *
 * @param reason why it was refused; null for other results
 */
record JobOutcome(ItemResult result, @Nullable String reason) {

  private static final String REFUSED = " refused: ";
  private static final String CHANGED = "CHANGED_MEANWHILE";

  /** The answer of a flow to the request with this id; null when the record is none. */
  static @Nullable JobOutcome answer(AuditRecord record, ControlAction verb, String controlId) {
    JsonNode input = Json.MAPPER.readTree(record.input().bytes());
    if (!input.path("controlId").asString("").equals(controlId) || input.has("signal")) {
      return null;
    }
    for (AuditRecord.Entry entry : record.events()) {
      if (entry.type().equals("CONTROL_REFUSED")) {
        String text = String.valueOf(entry.reason());
        int at = text.indexOf(REFUSED);
        String reason = at < 0 ? text : text.substring(at + REFUSED.length());
        return reason.startsWith(CHANGED)
            ? new JobOutcome(ItemResult.CHANGED, null)
            : new JobOutcome(ItemResult.REFUSED, reason);
      }
    }
    return new JobOutcome(since(record, verb, ItemResult.TRYING), null);
  }

  /**
   * What has become of a flow that accepted the request.
   *
   * @param before its result before this record
   */
  static ItemResult since(AuditRecord record, ControlAction verb, ItemResult before) {
    FlowStatus status = FlowStatus.valueOf(record.status());
    return switch (status) {
      case COMPLETED -> ItemResult.COMPLETED;
      case UNDONE -> ItemResult.UNDONE;
      case ABANDONED, REJECTED -> ItemResult.ABANDONED;
      case PARKED -> ItemResult.PARKED_AGAIN;
      case IN_PROGRESS ->
          before == ItemResult.RECOVERED || isFreed(record, verb)
              ? ItemResult.RECOVERED
              : ItemResult.TRYING;
      case WAITING, UNDOING -> verb == ControlAction.PAUSE ? before(before) : ItemResult.TRYING;
    };
  }

  /** A flow that was paused has done what it was asked for. */
  private static ItemResult before(ItemResult before) {
    return before == ItemResult.TRYING ? ItemResult.RECOVERED : before;
  }

  /** Whether a step has succeeded that the request set going; a retry raises the generation. */
  private static boolean isFreed(AuditRecord record, ControlAction verb) {
    if (verb == ControlAction.PAUSE) {
      return true;
    }
    return record.events().stream()
        .anyMatch(
            entry ->
                entry.type().equals("STEP_SUCCESS")
                    && entry.operation() == CommandAction.DO
                    && (verb != ControlAction.RETRY || entry.generation() > 1));
  }
}

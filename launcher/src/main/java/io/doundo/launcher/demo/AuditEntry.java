package io.doundo.launcher.demo;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * One entry of a flow's audit log, as returned by the service; what is absent is empty.
 *
 * @param attempt 0 when it is about no command
 * @param durationMs -1 when nothing took time
 * @param status the flow's status after the transition that the entry is of
 */
record AuditEntry(
    int transition,
    String type,
    String step,
    String operation,
    int attempt,
    long durationMs,
    String reason,
    Instant at,
    String status) {

  private static final Set<String> ENDS =
      Set.of("FLOW_COMPLETED", "FLOW_UNDONE", "FLOW_PARKED", "FLOW_ABANDONED", "FLOW_REJECTED");

  static AuditEntry of(JsonNode json) {
    return new AuditEntry(
        json.path("transition").asInt(0),
        json.path("type").asString(""),
        json.path("step").asString(""),
        json.path("operation").asString(""),
        json.path("attempt").asInt(0),
        json.path("durationMs").asLong(-1),
        json.path("reason").asString(""),
        instant(json.path("timestamp").asString("")),
        json.path("status").asString(""));
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      return Instant.EPOCH;
    }
  }

  /** Whether nothing more happens to the flow without an operator. */
  boolean endsFlow() {
    return ENDS.contains(type);
  }

  boolean isUndo() {
    return operation.equals("UNDO");
  }

  boolean is(String wantedType, String wantedOperation, String wantedStep) {
    return type.equals(wantedType) && operation.equals(wantedOperation) && step.equals(wantedStep);
  }
}

package io.doundo.orchestrator.api.dashboard;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.AuditRecord.Entry;
import io.doundo.protocol.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The audit log of flows as dashboards show it: as a timeline, and as a list of events. */
final class ExecutionEvents {

  /** A newer release may have written others; they are left out, as those without a word are. */
  private static final Map<String, FlowEventType> TYPES =
      Stream.of(FlowEventType.values())
          .collect(Collectors.toUnmodifiableMap(FlowEventType::name, type -> type));

  private ExecutionEvents() {}

  /**
   * One event in a timeline.
   *
   * @param status of the step, or of the execution when it is about no step
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record TimelineEvent(
      @Nullable String timestamp,
      String event,
      @Nullable String step,
      @Nullable String status,
      @Nullable String reason,
      @Nullable String details) {}

  /**
   * One event of an audit log.
   *
   * @param id the same in every answer
   * @param createdBy the operator who asked for it, or the service that started the flow; null for
   *     what followed by itself
   * @param retryCount attempts before this one; null when it is about no command
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record AuditEvent(
      String id,
      String executionId,
      String orchName,
      String entityType,
      @Nullable String stepName,
      String eventType,
      @Nullable String status,
      @Nullable String timestamp,
      @Nullable String reason,
      @Nullable String details,
      @Nullable String createdBy,
      @Nullable String serviceName,
      @Nullable String operationType,
      @Nullable Long durationMs,
      @Nullable Integer retryCount) {

    TimelineEvent inTimeline() {
      return new TimelineEvent(timestamp, eventType, stepName, status, reason, details);
    }

    private boolean isFailed() {
      return eventType.endsWith("_FAILED") || eventType.equals("RETRY_EXHAUSTED");
    }

    private boolean isRetry() {
      return eventType.equals("STEP_RETRY_TRIGGERED");
    }
  }

  /** The audit log of one execution. */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Audit(
      String executionId,
      String orchName,
      int totalEvents,
      long failedEvents,
      long retryEvents,
      List<AuditEvent> events) {

    static Audit of(String executionId, String orchName, List<AuditEvent> events) {
      return new Audit(
          executionId,
          orchName,
          events.size(),
          events.stream().filter(AuditEvent::isFailed).count(),
          events.stream().filter(AuditEvent::isRetry).count(),
          events);
    }
  }

  /**
   * The events of a log, oldest first.
   *
   * @param isKnown whether the orchestration is registered
   */
  static List<AuditEvent> of(List<AuditRecord> log, boolean isKnown, DashboardTimes times) {
    List<AuditEvent> events = new ArrayList<>();
    for (AuditRecord record : log) {
      for (int index = 0; index < record.events().size(); index++) {
        Entry entry = record.events().get(index);
        FlowEventType type = TYPES.get(entry.type());
        String word = type == null ? null : DashboardWords.event(type, entry.operation());
        if (word != null) {
          String id = "%s/%d.%d".formatted(record.flowId(), record.transition(), index + 1);
          events.add(event(id, word, record, entry, isKnown, times));
        }
      }
    }
    return List.copyOf(events);
  }

  private static AuditEvent event(
      String id,
      String word,
      AuditRecord record,
      Entry entry,
      boolean isKnown,
      DashboardTimes times) {
    boolean isOfStep = entry.step() != null;
    return new AuditEvent(
        id,
        record.flowId(),
        record.orchestrationName(),
        isOfStep ? "STEP" : "ORCHESTRATION",
        entry.step(),
        word,
        isOfStep
            ? DashboardWords.stepStatus(word, entry.operation())
            : DashboardWords.execution(FlowStatus.valueOf(record.status()), isKnown).name(),
        times.shown(entry.timestamp()),
        entry.reason(),
        entry.attempt() == 0 ? null : "attempt " + entry.attempt(),
        createdBy(record),
        entry.worker(),
        entry.operation() == null ? null : entry.operation().name(),
        entry.durationMs() < 0 ? null : entry.durationMs(),
        entry.attempt() == 0 ? null : entry.attempt() - 1);
  }

  /** The service that started the flow, whoever was logged in for it, or an operator. */
  private static @Nullable String createdBy(AuditRecord record) {
    JsonNode input = Json.MAPPER.readTree(record.input().bytes());
    String initiator = input.path("initiator").asString(null);
    return initiator == null ? input.path("requestedBy").asString(null) : initiator;
  }
}

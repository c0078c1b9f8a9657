package io.doundo.orchestrator.notify;

import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.definition.Receiver.Occasion;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.Names;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.JsonText;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.QuotedText;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * One thing that happened to a flow, a schedule or a breaker, and of which receivers can be told.
 * Immutable.
 *
 * @param flowId null when it is about no flow
 * @param incarnation of the flow; of a schedule, the time of the run that did not start
 * @param orchestration null when it is about a breaker, which orchestrations share
 * @param definition {@code name@hash}, or null while the flow has none
 * @param transition counts from 1 in each incarnation; 0 when it is about no flow
 * @param entry the position in the entries of the transition
 * @param status the flow's status after the transition; else {@code BLOCKED}, {@code OPEN} or
 *     {@code CLOSED}
 * @param reason why, for people; null when nothing is known
 * @param schedule {@code orchestration/trigger}; null when it is about none
 * @param breaker its name; null when it is about none
 */
public record Notice(
    @Nullable String flowId,
    String incarnation,
    @Nullable String orchestration,
    @Nullable String definition,
    int transition,
    int entry,
    Occasion occasion,
    String status,
    @Nullable String step,
    @Nullable String reason,
    Instant at,
    @Nullable String schedule,
    @Nullable String breaker) {

  private static final int ID_BYTES = 16;
  private static final int MAX_REASON = 2_000;

  private static final Map<String, Occasion> OCCASIONS =
      Map.of(
          FlowEventType.FLOW_PARKED.name(), Occasion.PARKED,
          FlowEventType.FLOW_UNPARKED.name(), Occasion.UNPARKED,
          FlowEventType.FLOW_COMPLETED.name(), Occasion.COMPLETED,
          FlowEventType.FLOW_UNDOING.name(), Occasion.UNDOING,
          FlowEventType.FLOW_UNDONE.name(), Occasion.UNDONE,
          FlowEventType.FLOW_ABANDONED.name(), Occasion.ABANDONED,
          FlowEventType.FLOW_REJECTED.name(), Occasion.REJECTED,
          FlowEventType.INCIDENT.name(), Occasion.INCIDENT);

  /** Of records that are about no flow. */
  private static final Map<String, Occasion> OTHERS =
      Map.of(
          "RUN_BLOCKED", Occasion.SCHEDULE_BLOCKED,
          "BREAKER_OPENED", Occasion.BREAKER_OPENED,
          "BREAKER_CLOSED", Occasion.BREAKER_CLOSED,
          "BREAKER_RESET", Occasion.BREAKER_CLOSED);

  private static final QuotedText TYPES =
      QuotedText.anyOf(
          Stream.of(OCCASIONS, OTHERS).flatMap(types -> types.keySet().stream()).toList());

  /**
   * Whether a record of the audit log may hold a notice. Most hold none, and need not be decoded.
   *
   * @param record as it is stored
   */
  public static boolean mayBeIn(byte[] record) {
    return TYPES.standsIn(record);
  }

  /**
   * The notices of a transition, in its order. The end of a part is no end of a flow that anybody
   * started, so a part is told of only when it needs somebody. Entries that this release does not
   * know make no notice.
   */
  public static List<Notice> of(AuditRecord record) {
    List<Notice> notices = new ArrayList<>();
    for (int i = 0; i < record.events().size(); i++) {
      AuditRecord.Entry entry = record.events().get(i);
      Occasion occasion = OCCASIONS.get(entry.type());
      if (occasion != null && (!isPart(record.flowId()) || isOfParts(occasion))) {
        notices.add(
            new Notice(
                record.flowId(),
                record.incarnation(),
                record.orchestrationName(),
                record.definition(),
                record.transition(),
                i,
                occasion,
                record.status(),
                entry.step(),
                shortened(entry.reason()),
                entry.timestamp(),
                null,
                null));
      }
    }
    return notices;
  }

  /**
   * The notice of a record that is about a schedule or a breaker; empty when nobody is told of it.
   *
   * @param record as it is stored
   * @throws MalformedRecordException when it cannot be read
   */
  public static Optional<Notice> ofOther(byte[] record) throws MalformedRecordException {
    try {
      JsonNode json = Json.MAPPER.readTree(record);
      Occasion occasion = OTHERS.get(json.path("type").asString(""));
      if (occasion == null) {
        return Optional.empty();
      }
      boolean isOfSchedule = occasion == Occasion.SCHEDULE_BLOCKED;
      String name = JsonText.required(json, isOfSchedule ? "schedule" : "breaker");
      return Optional.of(
          new Notice(
              null,
              json.path("planned").asString(""),
              isOfSchedule ? name.substring(0, Math.max(0, name.indexOf('/'))) : null,
              null,
              0,
              0,
              occasion,
              statusOf(occasion),
              null,
              shortened(string(json, "reason")),
              Instant.parse(JsonText.required(json, "at")),
              isOfSchedule ? name : null,
              isOfSchedule ? null : name));
    } catch (JacksonException | DateTimeException e) {
      throw new MalformedRecordException("the record cannot be read: " + e.getMessage());
    }
  }

  private static @Nullable String string(JsonNode json, String field) {
    JsonNode value = json.get(field);
    return value == null || value.isNull() ? null : value.stringValue();
  }

  private static String statusOf(Occasion occasion) {
    return switch (occasion) {
      case BREAKER_OPENED -> "OPEN";
      case BREAKER_CLOSED -> "CLOSED";
      default -> "BLOCKED";
    };
  }

  private static boolean isPart(String flowId) {
    return flowId.indexOf(Names.PART_SEPARATOR) >= 0;
  }

  private static boolean isOfParts(Occasion occasion) {
    return switch (occasion) {
      case PARKED, UNPARKED, INCIDENT -> true;
      case COMPLETED,
          UNDOING,
          UNDONE,
          ABANDONED,
          REJECTED,
          SCHEDULE_BLOCKED,
          BREAKER_OPENED,
          BREAKER_CLOSED ->
          false;
    };
  }

  /**
   * The id of its delivery to a receiver: the same however often the audit log is read, and another
   * one for another receiver, transition or incarnation of the flow, or time.
   *
   * @param receiver the receiver's name among all of them
   */
  public String idFor(String receiver) {
    String text =
        flowId == null
            ? String.join(
                "\n",
                about(schedule, breaker),
                occasion.name(),
                at.toString(),
                incarnation,
                receiver)
            : String.join(
                "\n",
                flowId,
                incarnation,
                Integer.toString(transition),
                Integer.toString(entry),
                receiver);
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "ntf_" + HexFormat.of().formatHex(digest, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** What is no flow, in words. */
  static String about(@Nullable String schedule, @Nullable String breaker) {
    return schedule == null ? "breaker " + breaker : "schedule " + schedule;
  }

  /**
   * The value of {@code event} in the receiver's expressions, and the body where it has none. Every
   * field is always there; those without a value are null.
   */
  public RawJson event(String receiver) {
    Map<String, RawJson> event = new LinkedHashMap<>();
    event.put("id", Json.string(idFor(receiver)));
    event.put("type", Json.string(occasion.name()));
    event.put("flowId", text(flowId));
    event.put("orchestration", text(orchestration));
    event.put("definition", text(definition));
    event.put("transition", Json.number(transition));
    event.put("status", Json.string(status));
    event.put("step", text(step));
    event.put("reason", text(reason));
    event.put("at", Json.string(at.toString()));
    event.put("receiver", Json.string(receiver));
    event.put("schedule", text(schedule));
    event.put("breaker", text(breaker));
    return Json.object(event);
  }

  private static @Nullable String shortened(@Nullable String text) {
    return text == null || text.length() <= MAX_REASON ? text : text.substring(0, MAX_REASON);
  }

  private static RawJson text(@Nullable String text) {
    return text == null ? RawJson.NULL : Json.string(text);
  }
}

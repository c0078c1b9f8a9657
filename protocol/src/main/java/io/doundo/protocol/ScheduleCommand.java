package io.doundo.protocol;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record of {@code orchestrator.control} that is for a schedule: its action is {@code SCHEDULE}.
 *
 * @param controlId makes the request idempotent; null when the record has none, and then the reader
 *     derives one from the record's coordinates
 * @param orchestration the orchestration of the schedule
 * @param trigger the name of its trigger there
 * @param reason why, or null
 * @param requestedBy who, or null
 */
public record ScheduleCommand(
    @Nullable String controlId,
    String orchestration,
    String trigger,
    ScheduleVerb verb,
    @Nullable String reason,
    @Nullable String requestedBy) {

  /** The action of such a control record. */
  public static final String ACTION = "SCHEDULE";

  /**
   * Reads a control record if it is for a schedule.
   *
   * @param value the record's value, null for a tombstone
   * @return null when it is for a flow, or is no control record
   * @throws MalformedRecordException when it is for a schedule but does not say which, or what
   */
  public static @Nullable ScheduleCommand decodeIfOne(byte @Nullable [] value)
      throws MalformedRecordException {
    ControlFields body = ControlFields.ofAction(ACTION, value);
    if (body == null) {
      return null;
    }
    String schedule = body.required("schedule");
    int slash = schedule.indexOf('/');
    if (slash < 0) {
      throw new MalformedRecordException(
          "\"schedule\" must name an orchestration and its trigger, such as report/nightly, but is \""
              + Names.shortened(schedule)
              + '"');
    }
    return new ScheduleCommand(
        body.controlId(),
        Names.requireOrchestration(schedule.substring(0, slash)),
        Names.requireName("schedule", schedule.substring(slash + 1)),
        Enums.parse(ScheduleVerb.class, "verb", body.required("verb")),
        body.reason(),
        body.requestedBy());
  }

  /** The record value. */
  public byte[] encode() {
    Map<String, RawJson> fields = new LinkedHashMap<>();
    put(fields, "controlId", controlId);
    put(fields, "action", ACTION);
    put(fields, "schedule", orchestration + '/' + trigger);
    put(fields, "verb", verb.name());
    put(fields, "reason", reason);
    put(fields, "requestedBy", requestedBy);
    return Json.object(fields).bytes();
  }

  private static void put(Map<String, RawJson> fields, String name, @Nullable String text) {
    if (text != null) {
      fields.put(name, Json.string(text));
    }
  }
}

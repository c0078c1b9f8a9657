package io.doundo.protocol;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
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

  private static final byte[] MARK = ACTION.getBytes(StandardCharsets.US_ASCII);

  private static final int MAX_ID = 255;
  private static final int MAX_REASON = 1_000;

  /**
   * Reads a control record if it is for a schedule.
   *
   * @param value the record's value, null for a tombstone
   * @return null when it is for a flow, or is no control record
   * @throws MalformedRecordException when it is for a schedule but does not say which, or what
   */
  public static @Nullable ScheduleCommand decodeIfOne(byte @Nullable [] value)
      throws MalformedRecordException {
    if (value == null || !holdsMark(value)) {
      return null;
    }
    Map<String, String> body;
    try {
      Map<String, RawJson> fields = Json.fields(value);
      if (Envelope.isEnvelope(fields)) {
        body = Envelope.of(fields).headers();
      } else {
        fields.remove("payload");
        body = Json.scalars(Json.object(fields));
      }
    } catch (MalformedRecordException e) {
      // Whoever reads it as a request to a flow says what is wrong with it.
      return null;
    }
    String action = body.get("action");
    if (action == null || !action.strip().toUpperCase(Locale.ROOT).equals(ACTION)) {
      return null;
    }
    String schedule = required(body, "schedule");
    int slash = schedule.indexOf('/');
    if (slash < 0) {
      throw new MalformedRecordException(
          "\"schedule\" must name an orchestration and its trigger, such as report/nightly, but is \""
              + Names.shortened(schedule)
              + '"');
    }
    return new ScheduleCommand(
        optional(body, "controlId", MAX_ID),
        Names.requireOrchestration(schedule.substring(0, slash)),
        Names.requireName("schedule", schedule.substring(slash + 1)),
        Enums.parse(ScheduleVerb.class, "verb", required(body, "verb")),
        optional(body, "reason", MAX_REASON),
        optional(body, "requestedBy", MAX_ID));
  }

  /** Whether the word stands in it, in capitals or not: most records are told apart by that. */
  private static boolean holdsMark(byte[] value) {
    for (int i = 0; i + MARK.length <= value.length; i++) {
      int same = 0;
      while (same < MARK.length && (value[i + same] & ~0x20) == MARK[same]) {
        same++;
      }
      if (same == MARK.length) {
        return true;
      }
    }
    return false;
  }

  private static String required(Map<String, String> body, String name)
      throws MalformedRecordException {
    String text = optional(body, name, MAX_ID);
    if (text == null) {
      throw new MalformedRecordException(
          "the control record for a schedule has no \"" + name + '"');
    }
    return text;
  }

  private static @Nullable String optional(Map<String, String> body, String name, int maxLength)
      throws MalformedRecordException {
    String text = body.get(name);
    if (text == null || text.isBlank()) {
      return null;
    }
    if (text.length() > maxLength) {
      throw new MalformedRecordException(
          "\"%s\" must have at most %d characters".formatted(name, maxLength));
    }
    return text;
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

package io.doundo.protocol;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import io.doundo.protocol.json.Utf8;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The kind of a record in {@code orchestrator.event}: that topic holds registrations, starts,
 * answers and commands, distinguished by their {@code eventType}.
 */
public enum EventType {
  REGISTRATION(Topics.REGISTRATION),
  START(Topics.EXECUTION_START),
  ANSWER(Topics.RESPONSE),
  /** Of the orchestrator to a worker: {@code do<step>} or {@code undo<step>}. */
  COMMAND("do<step> or undo<step>");

  private static final String FIELD = "eventType";

  private final String text;

  EventType(String text) {
    this.text = text;
  }

  /**
   * The type of a record: from its body headers, else from its body, else from its record headers.
   *
   * @param value the record's value, null for a tombstone
   * @throws MalformedRecordException when it has none or an unknown one
   */
  public static EventType of(byte @Nullable [] value, HeaderLookup headers)
      throws MalformedRecordException {
    String said = said(value, headers);
    for (EventType type : values()) {
      if (type != COMMAND && type.text.equals(said)) {
        return type;
      }
    }
    if (said != null && (said.startsWith("do") || said.startsWith("undo"))) {
      return COMMAND;
    }
    String problem = said == null ? "it has no eventType" : "its eventType is \"" + said + '"';
    throw new MalformedRecordException(
        "nothing in "
            + Topics.SHARED_EVENT
            + " is accepted except with the eventType "
            + String.join(", ", List.of(REGISTRATION.text, START.text, ANSWER.text))
            + "; "
            + problem);
  }

  private static @Nullable String said(byte @Nullable [] value, HeaderLookup headers)
      throws MalformedRecordException {
    String recordHeader = headers.firstReadable(List.of(FIELD));
    Map<String, RawJson> fields;
    try {
      fields = Json.fields(value == null ? new byte[0] : Utf8.withoutByteOrderMark(value));
    } catch (MalformedRecordException e) {
      if (recordHeader != null) {
        // A registration may be YAML; its reader reports what is wrong.
        return recordHeader;
      }
      throw e;
    }
    String body =
        Envelope.isEnvelope(fields) ? Json.scalars(Envelope.headersOf(fields)).get(FIELD) : null;
    RawJson flat = fields.get(FIELD);
    if (body == null && flat != null && flat.isString()) {
      body = Json.text(flat);
    }
    String said = body == null ? recordHeader : body;
    return said == null ? null : Names.shortened(said);
  }
}

package io.doundo.protocol;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a control record that is for no flow. Immutable. */
final class ControlFields {

  private static final int MAX_ID = 255;
  private static final int MAX_REASON = 1_000;

  private final String action;
  private final Map<String, String> body;

  private ControlFields(String action, Map<String, String> body) {
    this.action = action;
    this.body = body;
  }

  /**
   * The fields of a record that has this action.
   *
   * @param action in capitals
   * @param value the record's value, null for a tombstone
   * @return null when it has another action, or is no control record
   */
  static @Nullable ControlFields ofAction(String action, byte @Nullable [] value) {
    if (value == null || !holds(action.getBytes(StandardCharsets.US_ASCII), value)) {
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
    String said = body.get("action");
    return said != null && said.strip().toUpperCase(Locale.ROOT).equals(action)
        ? new ControlFields(action, body)
        : null;
  }

  /** Whether the word stands in it, in capitals or not: most records are told apart by that. */
  private static boolean holds(byte[] word, byte[] value) {
    for (int i = 0; i + word.length <= value.length; i++) {
      int same = 0;
      while (same < word.length && (value[i + same] & ~0x20) == word[same]) {
        same++;
      }
      if (same == word.length) {
        return true;
      }
    }
    return false;
  }

  @Nullable String controlId() throws MalformedRecordException {
    return optional("controlId");
  }

  @Nullable String reason() throws MalformedRecordException {
    return optional("reason", MAX_REASON);
  }

  @Nullable String requestedBy() throws MalformedRecordException {
    return optional("requestedBy");
  }

  /**
   * A field that must be there.
   *
   * @throws MalformedRecordException when it is missing or too long
   */
  String required(String name) throws MalformedRecordException {
    String text = optional(name);
    if (text == null) {
      throw new MalformedRecordException(
          "the control record for a %s has no \"%s\""
              .formatted(action.toLowerCase(Locale.ROOT), name));
    }
    return text;
  }

  @Nullable String optional(String name) throws MalformedRecordException {
    return optional(name, MAX_ID);
  }

  private @Nullable String optional(String name, int maxLength) throws MalformedRecordException {
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
}

package io.doundo.protocol;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.PlainEnvelope;
import io.doundo.protocol.json.RawEnvelope;
import io.doundo.protocol.json.RawJson;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record value of the form {@code {"headers":{…},"payload":…}}, taken apart.
 *
 * @param headers the scalar body headers as text
 * @param payload null when absent or null
 */
record Envelope(Map<String, String> headers, @Nullable RawJson payload) {

  /** Whether an object has the form of an envelope. */
  static boolean isEnvelope(Map<String, RawJson> fields) {
    RawJson headers = fields.get("headers");
    return headers != null && headers.isObject();
  }

  /** Takes a record's value apart: a plain one in one pass. */
  static Envelope read(byte[] value) throws MalformedRecordException {
    PlainEnvelope plain = Json.plainEnvelope(value);
    return plain == null
        ? of(Json.fields(value))
        : new Envelope(plain.headers(), present(plain.payload()));
  }

  static Envelope of(Map<String, RawJson> fields) throws MalformedRecordException {
    return new Envelope(Json.scalars(headersOf(fields)), present(fields.get("payload")));
  }

  /** Takes a record's value apart, each header as it was written: a plain one in one pass. */
  static RawEnvelope readRaw(byte[] value) throws MalformedRecordException {
    RawEnvelope plain = Json.rawEnvelope(value);
    if (plain != null) {
      return plain;
    }
    Map<String, RawJson> fields = Json.fields(value);
    return new RawEnvelope(Json.fields(headersOf(fields).bytes()), fields.get("payload"));
  }

  /** The body headers, which are an object. */
  static RawJson headersOf(Map<String, RawJson> fields) throws MalformedRecordException {
    RawJson headers = fields.get("headers");
    if (headers == null) {
      throw new MalformedRecordException(
          "the record has no \"headers\": expected {\"headers\": {…}, \"payload\": …} but found "
              + found(fields));
    }
    if (!headers.isObject()) {
      throw new MalformedRecordException(
          "\"headers\" must be an object but is " + Json.kind(headers));
    }
    return headers;
  }

  /** The value, or null when it is absent or JSON null. */
  static @Nullable RawJson present(@Nullable RawJson value) {
    return value == null || value.isNull() ? null : value;
  }

  private static String found(Map<String, RawJson> fields) {
    return fields.isEmpty() ? "no fields" : "the fields " + String.join(", ", fields.keySet());
  }
}

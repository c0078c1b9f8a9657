package io.doundo.orchestrator.query.deadletter;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import io.doundo.protocol.json.Utf8;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The flow that a record is about, as far as that can be read from a record that was not
 * understood: its body says it, else a record header, else its key. Stateless.
 */
public final class NamedFlow {

  private static final String FLOW_ID = "flowId";
  private static final int MAX_CHARS = 255;

  private NamedFlow() {}

  /**
   * The id of the flow; null when the record names none.
   *
   * @param header the record header {@code flowId}, or null
   */
  public static @Nullable String of(byte[] value, byte @Nullable [] header, byte @Nullable [] key) {
    String body = bodyHeader(value, FLOW_ID);
    if (body != null) {
      return body;
    }
    String named = text(header);
    return named != null ? named : text(key);
  }

  /** Whether a value is a JSON object, so that what it does not say is not there. */
  public static boolean isReadable(byte[] value) {
    try {
      Json.fields(Utf8.withoutByteOrderMark(value));
      return true;
    } catch (MalformedRecordException e) {
      return false;
    }
  }

  /**
   * A scalar of the body's headers, or of the body where it has no headers; null when the value is
   * not JSON or does not say it.
   */
  public static @Nullable String bodyHeader(byte[] value, String name) {
    try {
      Map<String, RawJson> fields = Json.fields(Utf8.withoutByteOrderMark(value));
      RawJson headers = fields.get("headers");
      RawJson said =
          headers != null && headers.isObject()
              ? Json.fields(headers.bytes()).get(name)
              : fields.get(name);
      return said == null || !said.isScalar() || said.isNull() ? null : shown(Json.text(said));
    } catch (MalformedRecordException e) {
      // It became a dead letter for this very reason; the header or the key may still tell.
      return null;
    }
  }

  private static @Nullable String text(byte @Nullable [] bytes) {
    String text = bytes == null ? null : Utf8.decode(bytes);
    return text == null ? null : shown(text);
  }

  private static @Nullable String shown(String text) {
    return text.isBlank() || text.length() > MAX_CHARS ? null : text;
  }
}

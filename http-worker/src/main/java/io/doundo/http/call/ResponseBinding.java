package io.doundo.http.call;

import io.doundo.http.client.CallResult.Answered;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A response as expressions read it. */
final class ResponseBinding {

  private static final Pattern CHARSET =
      Pattern.compile("charset\\s*=\\s*\"?([^\\s;\"]+)", Pattern.CASE_INSENSITIVE);

  private ResponseBinding() {}

  /** {@code response}: status, headers and body. */
  static RawJson of(Answered response) {
    Map<String, RawJson> headers = new LinkedHashMap<>();
    response.headers().forEach((name, value) -> headers.put(name, Json.string(value)));
    Map<String, RawJson> fields = new LinkedHashMap<>();
    fields.put("status", Json.number(response.status()));
    fields.put("headers", Json.object(headers));
    RawJson body = body(response);
    fields.put("body", body == null ? RawJson.NULL : body);
    return Json.object(fields);
  }

  /**
   * The body: JSON as it is, anything else as a text; null when there is none. A body without a
   * content type is JSON if it can be read as JSON.
   */
  static @Nullable RawJson body(Answered response) {
    byte[] body = response.body();
    if (body.length == 0) {
      return null;
    }
    String type = response.header("content-type");
    boolean mayBeJson = type == null || type.toLowerCase(Locale.ROOT).contains("json");
    if (mayBeJson) {
      try {
        return Json.value(body);
      } catch (MalformedRecordException e) {
        // What is not JSON after all is a text.
        return text(body, type);
      }
    }
    return text(body, type);
  }

  private static RawJson text(byte[] body, @Nullable String type) {
    return Json.string(new String(body, charset(type)));
  }

  private static Charset charset(@Nullable String type) {
    Matcher named = CHARSET.matcher(type == null ? "" : type);
    if (!named.find()) {
      return StandardCharsets.UTF_8;
    }
    try {
      return Charset.forName(named.group(1));
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      return StandardCharsets.UTF_8;
    }
  }
}

package io.doundo.orchestrator.trigger.hook;

import io.doundo.orchestrator.definition.WebhookTrigger.Hmac;
import io.doundo.orchestrator.definition.WebhookTrigger.Token;
import io.doundo.orchestrator.definition.WebhookTrigger.Verification;
import io.doundo.orchestrator.trigger.EventContent;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A verified request as the variable {@code event} of a webhook. Headers that hold credentials are
 * left out: what expressions read can end up in payloads, which are stored and shown. Stateless.
 */
public final class HookContent {

  private static final Set<String> CREDENTIALS =
      Set.of("authorization", "proxy-authorization", "cookie", "x-api-key", "webhook-signature");

  private HookContent() {}

  /** The body: JSON where it is JSON, or text. */
  public static RawJson body(byte[] body, @Nullable String contentType)
      throws MalformedRecordException {
    boolean isJson = contentType != null && EventContent.isJson(contentType);
    try {
      return Json.value(body);
    } catch (MalformedRecordException e) {
      if (isJson) {
        throw e;
      }
    }
    try {
      return Json.string(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
    } catch (CharacterCodingException e) {
      throw new MalformedRecordException("the body is neither JSON nor UTF-8 text");
    }
  }

  /**
   * The value of {@code event}.
   *
   * @param headers by name
   * @param id identifies the delivery, or null
   */
  public static RawJson event(
      RawJson body,
      Map<String, String> headers,
      Verification verify,
      @Nullable String id,
      String trigger) {
    Set<String> hidden = new HashSet<>(CREDENTIALS);
    if (verify instanceof Token token) {
      hidden.add(token.header().toLowerCase(Locale.ROOT));
    } else if (verify instanceof Hmac hmac) {
      hidden.add(hmac.header().toLowerCase(Locale.ROOT));
    }
    Map<String, RawJson> shown = new TreeMap<>();
    headers.forEach(
        (name, value) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (!hidden.contains(lower)) {
            shown.put(lower, Json.string(value));
          }
        });
    Map<String, RawJson> event = new LinkedHashMap<>();
    event.put("body", body);
    event.put("headers", Json.object(shown));
    event.put("id", id == null ? RawJson.NULL : Json.string(id));
    event.put("trigger", Json.string(trigger));
    return Json.object(event);
  }
}

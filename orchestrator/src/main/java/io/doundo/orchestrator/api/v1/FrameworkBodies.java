package io.doundo.orchestrator.api.v1;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.protocol.Names;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.Printable;
import io.doundo.protocol.json.RawJson;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The bodies of requests in the framework's shapes, and the ids that requests give. */
final class FrameworkBodies {

  /** How many characters of an id that is not valid an error message shows. */
  private static final int MOST_SHOWN = 80;

  /** The header by whose value a repeated request counts once. */
  static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  private FrameworkBodies() {}

  /** The flowId that a request gives as its idempotency key; null when it has none. */
  static @Nullable String idempotencyKey(HttpServletRequest request) {
    return flowId("The header " + IDEMPOTENCY_KEY, request.getHeader(IDEMPOTENCY_KEY));
  }

  /**
   * The flowId that a request gives.
   *
   * @param place where it stands, as the subject of a sentence
   * @param text null when it gives none
   * @throws ApiProblem when no start can have it; the flow would not begin
   */
  static @Nullable String flowId(String place, @Nullable String text) {
    String refusal = text == null ? null : Names.refuseStartedFlowId(text);
    if (refusal != null) {
      throw FrameworkPage.bad(
          "%s is the flowId of the execution: \"%s\" %s."
              .formatted(place, Printable.line(String.valueOf(text), MOST_SHOWN), refusal));
    }
    return text;
  }

  /**
   * The control id of a request: its idempotency key, or a new one. Whatever problem ends the
   * request names it.
   *
   * @throws ApiProblem when the key cannot be a control id; its repeats would count again
   */
  static String controlId(HttpServletRequest request) {
    String key = request.getHeader(IDEMPOTENCY_KEY);
    Map<String, RawJson> fields = new HashMap<>();
    if (key != null) {
      fields.put("controlId", Json.string(key));
    }
    try {
      RequestBodies.completeControlId(fields, request);
    } catch (MalformedRecordException e) {
      throw FrameworkPage.bad(
          "The header %s is the id of the request: %s.".formatted(IDEMPOTENCY_KEY, e.reason()));
    }
    return Json.text(Objects.requireNonNull(fields.get("controlId")));
  }

  /** The body as an object; an empty body is an empty object. */
  static ObjectNode object(HttpServletRequest request) {
    byte[] bytes = RequestBodies.bytes(request);
    if (bytes.length == 0) {
      return Json.MAPPER.createObjectNode();
    }
    try {
      if (Json.MAPPER.readTree(bytes) instanceof ObjectNode object) {
        return object;
      }
    } catch (JacksonException e) {
      throw FrameworkPage.bad("The body is not JSON: " + e.getOriginalMessage());
    }
    throw FrameworkPage.bad("The body must be a JSON object.");
  }

  /** A value, or an empty object in the place of none. */
  static JsonNode present(JsonNode value) {
    return value.isMissingNode() || value.isNull() ? Json.MAPPER.createObjectNode() : value;
  }
}

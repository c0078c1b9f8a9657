package io.doundo.orchestrator.api.v1;

import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.protocol.json.Json;
import jakarta.servlet.http.HttpServletRequest;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The bodies of requests in the framework's shapes. */
final class FrameworkBodies {

  private FrameworkBodies() {}

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

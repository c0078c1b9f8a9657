package io.doundo.plans.http;

import io.doundo.plans.json.PlanJson;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a service has answered.
 *
 * @param body an empty object when the answer had none
 */
public record JsonResponse(int status, ObjectNode body, Map<String, String> headers) {

  public boolean isOk() {
    return status >= 200 && status < 300;
  }

  /** The first value of a header, whose name is in lower case; null when there is none. */
  public @Nullable String header(String name) {
    return headers.get(name);
  }

  /** What the service says about a refusal: FHIR's diagnostics, or the detail of a problem. */
  public String reason() {
    JsonNode diagnostics = body.path("issue").path(0).path("diagnostics");
    if (diagnostics.isString()) {
      return diagnostics.asString();
    }
    JsonNode detail = body.path("detail");
    return detail.isString() ? detail.asString() : "status " + status;
  }

  static ObjectNode emptyBody() {
    return PlanJson.object();
  }
}

package io.doundo.orchestrator.api.v1;

import io.doundo.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request that brings its steps along.
 *
 * @param requestId becomes the flowId; null lets one be made
 * @param steps in the framework's form
 */
record AdHocRequest(
    @Nullable String requestId, ArrayNode steps, JsonNode context, JsonNode options) {

  /** Holds all steps when none waits for another. */
  private static final String ALL = "all-steps";

  private static final int DIGITS = 16;

  static AdHocRequest of(ObjectNode body) {
    if (!(body.get("steps") instanceof ArrayNode steps) || steps.isEmpty()) {
      throw FrameworkPage.bad("steps must be a list with at least one step.");
    }
    return new AdHocRequest(
        FrameworkBodies.flowId("requestId", body.path("requestId").asString(null)),
        steps,
        FrameworkBodies.present(body.path("context")),
        body.path("options"));
  }

  /** The workflow of these steps; the same steps and options always give the same. */
  ObjectNode workflow() {
    ObjectNode workflow = Json.MAPPER.createObjectNode();
    ArrayNode all = workflow.putArray("steps");
    boolean isGraph = steps.valueStream().anyMatch(step -> step.has("dependsOn"));
    List<JsonNode> main = main();
    if (!isGraph && main.size() > 1) {
      all.add(sideBySide(main));
    }
    steps.forEach(all::add);
    if (options.path("timeout").isNumber()) {
      workflow.set("timeout", options.get("timeout"));
    }
    if (!options.path("stopOnFirstError").asBoolean(true)) {
      ArrayNode handlers = workflow.putArray("errorHandlers");
      for (JsonNode step : steps) {
        if (!mayFail(step)) {
          continue;
        }
        ObjectNode handler = handlers.addObject();
        handler.set("stepId", step.path("id"));
        handler.put("shouldContinue", true);
      }
    }
    String digest = digest(workflow.toString());
    workflow.put("id", Workflows.AD_HOC + digest);
    workflow.put("name", "Ad hoc " + digest);
    workflow.put("status", "ACTIVE");
    return workflow;
  }

  /** The steps that no other one names. */
  private List<JsonNode> main() {
    Set<String> named = new HashSet<>();
    for (JsonNode step : steps) {
      JsonNode config = step.path("config");
      named.add(config.path("trueStepId").asString(""));
      named.add(config.path("falseStepId").asString(""));
      config.path("steps").forEach(id -> named.add(id.asString("")));
    }
    return steps
        .valueStream()
        .filter(step -> !named.contains(step.path("id").asString("")))
        .toList();
  }

  /** A choice and a block that waits for all have no error of their own; their steps have. */
  private static boolean mayFail(JsonNode step) {
    String type = step.path("type").asString("");
    boolean isBlock =
        type.equals("PARALLEL") && step.path("config").path("waitForAll").asBoolean(true);
    return !isBlock && !type.equals("CONDITIONAL");
  }

  private ObjectNode sideBySide(List<JsonNode> main) {
    ObjectNode block = Json.MAPPER.createObjectNode();
    block.put("id", ALL);
    block.put("name", "All steps");
    block.put("type", "PARALLEL");
    ObjectNode config = block.putObject("config");
    ArrayNode ids = config.putArray("steps");
    main.forEach(step -> ids.add(step.path("id").asString("")));
    if (options.path("maxConcurrentSteps").isNumber()) {
      config.set("maxConcurrency", options.get("maxConcurrentSteps"));
    }
    return block;
  }

  private static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}

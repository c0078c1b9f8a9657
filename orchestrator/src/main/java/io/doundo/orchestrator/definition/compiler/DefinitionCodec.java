package io.doundo.orchestrator.definition.compiler;

import io.doundo.orchestrator.definition.AttemptRules;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.FailStep;
import io.doundo.orchestrator.definition.GraphType;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.RetryPolicy;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A definition as the JSON that stands at the key {@code name:hash} of the definitions topic. Its
 * identity is a hash over the compiled content, every default filled in: the same orchestration
 * written as YAML or JSON, with or without its defaults, is the same definition. The registering
 * service is not part of its content.
 */
public final class DefinitionCodec {

  /** Raised when the form of stored definitions changes. */
  private static final int SCHEMA = 1;

  /**
   * The largest stored definition; the number of bytes that fit into a record beside its key and
   * headers.
   */
  public static final int MAX_BYTES = 1_000_000;

  private static final int HASH_DIGITS = 16;

  private DefinitionCodec() {}

  /** The same definition with the identity that follows from its content. */
  static Orchestration identified(Orchestration draft) {
    return Orchestration.of(
        new DefinitionId(draft.name(), hash(draft)),
        draft.type(),
        draft.steps(),
        draft.timeout(),
        draft.undoWindow(),
        draft.searchKey(),
        draft.description(),
        draft.initiator());
  }

  /** The stored form. */
  public static byte[] encode(Orchestration definition) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("schema", SCHEMA);
    json.put("hash", definition.id().hash());
    putPresent(json, "initiator", definition.initiator());
    json.setAll(content(definition));
    return Json.MAPPER.writeValueAsBytes(json);
  }

  /** Reads the stored form. */
  public static Orchestration decode(byte[] value) throws MalformedRecordException {
    try {
      JsonNode json = Json.MAPPER.readTree(value);
      requireSchema(json);
      List<Step> steps = new ArrayList<>();
      for (JsonNode step : json.required("steps")) {
        steps.add(step(step));
      }
      JsonNode timeout = json.get("timeout");
      return Orchestration.of(
          new DefinitionId(text(json, "orchestrationName"), text(json, "hash")),
          GraphType.valueOf(text(json, "type")),
          steps,
          timeout == null ? null : Duration.ofMillis(timeout.longValue()),
          millis(json, "undoWindow"),
          optionalText(json, "searchKey"),
          optionalText(json, "description"),
          optionalText(json, "initiator"));
    } catch (JacksonException | IllegalArgumentException e) {
      throw new MalformedRecordException("the stored definition cannot be read: " + e.getMessage());
    }
  }

  static void requireSchema(JsonNode json) throws MalformedRecordException {
    int schema = json.path("schema").asInt(0);
    if (schema != SCHEMA) {
      throw new MalformedRecordException(
          "the stored definition has schema %d; this version reads %d".formatted(schema, SCHEMA));
    }
  }

  static ObjectNode versioned() {
    return Json.MAPPER.createObjectNode().put("schema", SCHEMA);
  }

  private static String hash(Orchestration definition) {
    try {
      byte[] canonical = Json.canonical(Json.of(content(definition))).bytes();
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(canonical);
      return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static ObjectNode content(Orchestration definition) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("orchestrationName", definition.name());
    json.put("type", definition.type().name());
    Duration timeout = definition.timeout();
    if (timeout != null) {
      json.put("timeout", timeout.toMillis());
    }
    json.put("undoWindow", definition.undoWindow().toMillis());
    putPresent(json, "searchKey", definition.searchKey());
    putPresent(json, "description", definition.description());
    ArrayNode steps = json.putArray("steps");
    definition.steps().forEach(step -> steps.add(step(step)));
    return json;
  }

  private static ObjectNode step(Step step) {
    Work.Remote remote = step.remote();
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("name", step.name());
    json.put("seq", step.seq());
    texts(json.putArray("dependsOn"), step.dependsOn());
    json.put("timeout", step.timeout().toMillis());
    json.set("retry", policy(step.retry()));
    json.set("undoRetry", policy(step.undoRetry()));
    json.put("undoable", step.undoable());
    json.put("undoFailed", step.undoFailed());
    json.put("pivot", step.pivot());
    json.put("committed", remote.committed());
    json.put("onTimeout", step.onTimeout().name());
    json.put("sharedTopic", remote.sharedTopic());
    putPresent(json, "objectType", remote.objectType());
    ObjectNode bindings = json.putObject("bindings");
    new TreeMap<>(remote.bindings()).forEach(bindings::put);
    FailStep failStep = remote.failStep();
    // Documents that do not say it keep the hash that they had before it could be said.
    putPresent(json, "failStep", failStep == null ? null : failStep.name());
    return json;
  }

  private static Step step(JsonNode json) {
    String failStep = optionalText(json, "failStep");
    Map<String, String> bindings = new LinkedHashMap<>();
    json.required("bindings")
        .properties()
        .forEach(binding -> bindings.put(binding.getKey(), binding.getValue().stringValue()));
    boolean undoFailed = json.required("undoFailed").booleanValue();
    return new Step(
        text(json, "name"),
        json.required("seq").intValue(),
        texts(json, "dependsOn"),
        new Work.Remote(
            json.required("committed").booleanValue(),
            json.required("sharedTopic").booleanValue(),
            optionalText(json, "objectType"),
            bindings,
            failStep == null ? null : FailStep.valueOf(failStep)),
        new AttemptRules(
            millis(json, "timeout"),
            OnTimeout.valueOf(text(json, "onTimeout")),
            policy(json.required("retry")),
            policy(json.required("undoRetry"))),
        json.required("undoable").booleanValue() ? new UndoRule.Own(undoFailed) : UndoRule.NONE,
        json.required("pivot").booleanValue());
  }

  private static ObjectNode policy(RetryPolicy policy) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("maxAttempts", policy.maxAttempts());
    json.put("strategy", policy.strategy().name());
    json.put("delay", policy.delay().toMillis());
    if (policy.factor() != RetryPolicy.DEFAULT_FACTOR) {
      json.put("factor", policy.factor());
    }
    json.put("maxDelay", policy.maxDelay().toMillis());
    json.put("jitter", policy.jitter());
    texts(json.putArray("retryOn"), policy.retryOn());
    texts(json.putArray("abortOn"), policy.abortOn());
    return json;
  }

  private static RetryPolicy policy(JsonNode json) {
    return new RetryPolicy(
        json.required("maxAttempts").intValue(),
        RetryPolicy.Strategy.valueOf(text(json, "strategy")),
        millis(json, "delay"),
        json.path("factor").doubleValue(RetryPolicy.DEFAULT_FACTOR),
        millis(json, "maxDelay"),
        json.required("jitter").doubleValue(),
        texts(json, "retryOn"),
        texts(json, "abortOn"));
  }

  private static void texts(ArrayNode array, List<String> texts) {
    texts.forEach(array::add);
  }

  static List<String> texts(JsonNode json, String name) {
    List<String> texts = new ArrayList<>();
    json.required(name).forEach(text -> texts.add(text.stringValue()));
    return texts;
  }

  private static Duration millis(JsonNode json, String name) {
    return Duration.ofMillis(json.required(name).longValue());
  }

  static String text(JsonNode json, String name) {
    return json.required(name).stringValue();
  }

  private static @Nullable String optionalText(JsonNode json, String name) {
    JsonNode value = json.get(name);
    return value == null ? null : value.stringValue();
  }

  private static void putPresent(ObjectNode json, String name, @Nullable String value) {
    if (value != null) {
      json.put(name, value);
    }
  }
}

package io.doundo.orchestrator.breaker.stored;

import io.doundo.orchestrator.breaker.BreakerConfig;
import io.doundo.orchestrator.breaker.BreakerEntry;
import io.doundo.orchestrator.breaker.BreakerPhase;
import io.doundo.orchestrator.breaker.BreakerState;
import io.doundo.orchestrator.breaker.BreakerState.Faults;
import io.doundo.orchestrator.breaker.BreakerState.Forced;
import io.doundo.orchestrator.breaker.BreakerState.Outcome;
import io.doundo.orchestrator.breaker.BreakerWave;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.JsonText;
import io.doundo.protocol.json.MalformedRecordException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The state of a breaker as JSON, in the flows store and in its own topic. Stateless. */
public final class BreakerStateCodec {

  /** Raised when a release could no longer read what the next one writes. */
  public static final int SCHEMA = 1;

  private BreakerStateCodec() {}

  /** The stored form. The same state has always the same bytes. */
  public static byte[] encode(BreakerState state) {
    ObjectNode json = Json.MAPPER.createObjectNode().put("schema", SCHEMA);
    json.put("breaker", state.name());
    json.set("config", write(state.config()));
    json.put("phase", state.phase().name());
    put(json, "since", state.since());
    put(json, "until", state.until());
    put(json, "openSince", state.openSince());
    json.put("opened", state.opened());
    ArrayNode faults = json.putArray("faults");
    for (Faults fault : state.faults()) {
      faults.addObject().put("at", fault.at().toString()).put("count", fault.count());
    }
    BreakerWave wave = state.wave();
    if (wave != null) {
      ObjectNode content =
          json.putObject("wave")
              .put("number", wave.number())
              .put("at", wave.at().toString())
              .put("answered", wave.answered())
              .put("all", wave.isAll());
      content.set("shares", write(wave.shares()));
    }
    Forced forced = state.forced();
    if (forced != null) {
      put(json.putObject("forced").put("reason", forced.reason()), "by", forced.by());
    }
    json.set("held", write(state.held()));
    ArrayNode recent = json.putArray("recent");
    state.recent().forEach(entry -> recent.add(write(entry)));
    ArrayNode outcomes = json.putArray("outcomes");
    for (Outcome outcome : state.outcomes()) {
      put(outcomes.addObject().put("controlId", outcome.controlId()), "refusal", outcome.refusal());
    }
    if (state.isDeleted()) {
      json.put("deleted", true);
    }
    json.put("changes", state.changes());
    return Json.MAPPER.writeValueAsBytes(json);
  }

  private static ObjectNode write(BreakerConfig config) {
    return Json.MAPPER
        .createObjectNode()
        .put("faults", config.faults())
        .put("windowMs", config.window().toMillis())
        .put("openForMs", config.openFor().toMillis())
        .put("firstWave", config.firstWave());
  }

  private static ObjectNode write(Map<Integer, Integer> byTask) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    new TreeMap<>(byTask).forEach((task, count) -> json.put(String.valueOf(task), count));
    return json;
  }

  /** An entry as JSON; the audit log has it in the same form. */
  public static ObjectNode write(BreakerEntry entry) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("type", entry.type().name());
    json.put("at", entry.at().toString());
    put(json, "until", entry.until());
    put(json, "reason", entry.reason());
    put(json, "by", entry.by());
    return json;
  }

  /**
   * The schema version of a stored state.
   *
   * @return 0 when it cannot be read at all
   */
  public static int schemaOf(byte[] json) {
    try {
      return Json.MAPPER.readTree(json).path("schema").asInt(0);
    } catch (RuntimeException e) {
      return 0;
    }
  }

  /** Reads the stored form. */
  public static BreakerState decode(byte[] bytes) throws MalformedRecordException {
    try {
      JsonNode json = Json.MAPPER.readTree(bytes);
      if (json.required("schema").intValue() > SCHEMA) {
        throw new MalformedRecordException(
            "the stored breaker has schema %d; this version reads %d"
                .formatted(json.required("schema").intValue(), SCHEMA));
      }
      BreakerPhase phase = BreakerPhase.valueOf(JsonText.required(json, "phase"));
      return new BreakerState(
          JsonText.required(json, "breaker"),
          config(json.required("config")),
          phase,
          instant(json, "since"),
          instant(json, "until"),
          openSince(json, phase),
          json.required("opened").intValue(),
          faults(json.required("faults")),
          wave(json.get("wave")),
          forced(json.get("forced")),
          byTask(json.required("held")),
          entries(json.required("recent")),
          outcomes(json.required("outcomes")),
          json.path("deleted").asBoolean(false),
          json.required("changes").longValue());
    } catch (RuntimeException e) {
      throw new MalformedRecordException("the stored breaker cannot be read: " + e.getMessage());
    }
  }

  private static BreakerConfig config(JsonNode json) throws MalformedRecordException {
    BreakerConfig config =
        new BreakerConfig(
            json.required("faults").intValue(),
            Duration.ofMillis(json.required("windowMs").longValue()),
            Duration.ofMillis(json.required("openForMs").longValue()),
            json.required("firstWave").intValue());
    List<String> problems = config.problems();
    if (!problems.isEmpty()) {
      throw new MalformedRecordException(
          "the stored breaker cannot be used: " + String.join("; ", problems));
    }
    return config;
  }

  private static List<Faults> faults(JsonNode json) {
    List<Faults> faults = new ArrayList<>();
    for (JsonNode fault : json) {
      faults.add(
          new Faults(
              Instant.parse(JsonText.required(fault, "at")), fault.required("count").intValue()));
    }
    return faults;
  }

  private static @Nullable BreakerWave wave(@Nullable JsonNode json) {
    return json == null
        ? null
        : new BreakerWave(
            json.required("number").intValue(),
            Instant.parse(JsonText.required(json, "at")),
            byTask(json.required("shares")),
            json.required("answered").intValue(),
            json.required("all").booleanValue());
  }

  private static @Nullable Forced forced(@Nullable JsonNode json) {
    return json == null ? null : new Forced(JsonText.required(json, "reason"), text(json, "by"));
  }

  private static Map<Integer, Integer> byTask(JsonNode json) {
    Map<Integer, Integer> counts = new TreeMap<>();
    json.propertyStream()
        .forEach(one -> counts.put(Integer.valueOf(one.getKey()), one.getValue().intValue()));
    return counts;
  }

  private static List<BreakerEntry> entries(JsonNode json) {
    List<BreakerEntry> entries = new ArrayList<>();
    for (JsonNode entry : json) {
      entries.add(
          new BreakerEntry(
              BreakerEntry.Type.valueOf(JsonText.required(entry, "type")),
              Instant.parse(JsonText.required(entry, "at")),
              instant(entry, "until"),
              text(entry, "reason"),
              text(entry, "by")));
    }
    return entries;
  }

  private static List<Outcome> outcomes(JsonNode json) {
    List<Outcome> outcomes = new ArrayList<>();
    for (JsonNode outcome : json) {
      outcomes.add(new Outcome(JsonText.required(outcome, "controlId"), text(outcome, "refusal")));
    }
    return outcomes;
  }

  private static @Nullable String text(JsonNode json, String name) {
    return json.path(name).asString(null);
  }

  private static @Nullable Instant instant(JsonNode json, String name) {
    String text = text(json, name);
    return text == null ? null : Instant.parse(text);
  }

  /** An earlier release did not store it; the breaker is open at least since its phase began. */
  private static @Nullable Instant openSince(JsonNode json, BreakerPhase phase) {
    Instant stored = instant(json, "openSince");
    return stored == null && phase != BreakerPhase.CLOSED ? instant(json, "since") : stored;
  }

  private static void put(ObjectNode json, String name, @Nullable Object value) {
    if (value != null) {
      json.put(name, value.toString());
    }
  }
}

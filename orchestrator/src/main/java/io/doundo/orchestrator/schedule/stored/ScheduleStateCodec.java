package io.doundo.orchestrator.schedule.stored;

import io.doundo.orchestrator.schedule.ScheduleEntry;
import io.doundo.orchestrator.schedule.ScheduleName;
import io.doundo.orchestrator.schedule.ScheduleRun;
import io.doundo.orchestrator.schedule.ScheduleState;
import io.doundo.orchestrator.schedule.ScheduleState.Outcome;
import io.doundo.orchestrator.schedule.ScheduleState.Pause;
import io.doundo.orchestrator.schedule.ScheduleState.Waiting;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.JsonText;
import io.doundo.protocol.json.MalformedRecordException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The state of a schedule as JSON, in the flows store and in its own topic. Stateless. */
public final class ScheduleStateCodec {

  /** Raised when a release could no longer read what the next one writes. */
  public static final int SCHEMA = 1;

  private ScheduleStateCodec() {}

  /** The stored form. */
  public static byte[] encode(ScheduleState state) {
    ObjectNode json = Json.MAPPER.createObjectNode().put("schema", SCHEMA);
    json.put("orchestration", state.name().orchestration());
    json.put("trigger", state.name().trigger());
    if (state.schedule() != null) {
      json.set("schedule", ScheduleJson.write(state.schedule()));
    }
    put(json, "stopped", state.stopped());
    Pause paused = state.paused();
    if (paused != null) {
      ObjectNode pause = json.putObject("paused").put("at", paused.at().toString());
      put(pause, "by", paused.by());
      put(pause, "reason", paused.reason());
    }
    put(json, "next", state.next());
    Waiting waiting = state.waiting();
    if (waiting != null) {
      put(
          json.putObject("waiting")
              .put("planned", waiting.planned().toString())
              .put("requested", waiting.isRequested()),
          "by",
          waiting.by());
    }
    ArrayNode runs = json.putArray("runs");
    for (ScheduleRun run : state.runs()) {
      runs.addObject()
          .put("flowId", run.flowId())
          .put("planned", run.planned().toString())
          .put("progress", run.progress().name())
          .put("transition", run.transition());
    }
    json.put("blocked", state.blocked());
    ArrayNode recent = json.putArray("recent");
    state.recent().forEach(entry -> recent.add(write(entry)));
    ArrayNode outcomes = json.putArray("outcomes");
    for (Outcome outcome : state.outcomes()) {
      put(outcomes.addObject().put("controlId", outcome.controlId()), "refusal", outcome.refusal());
    }
    put(json, "asksAt", state.asksAt());
    json.put("changes", state.changes());
    return Json.MAPPER.writeValueAsBytes(json);
  }

  /** An entry as JSON; the audit log has it in the same form. */
  public static ObjectNode write(ScheduleEntry entry) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("type", entry.type().name());
    json.put("at", entry.at().toString());
    put(json, "planned", entry.planned());
    if (entry.count() > 0) {
      json.put("count", entry.count());
    }
    put(json, "flowId", entry.flowId());
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
  public static ScheduleState decode(byte[] bytes) throws MalformedRecordException {
    try {
      JsonNode json = Json.MAPPER.readTree(bytes);
      if (json.required("schema").intValue() > SCHEMA) {
        throw new MalformedRecordException(
            "the stored schedule has schema %d; this version reads %d"
                .formatted(json.required("schema").intValue(), SCHEMA));
      }
      return new ScheduleState(
          new ScheduleName(
              JsonText.required(json, "orchestration"), JsonText.required(json, "trigger")),
          json.has("schedule") ? ScheduleJson.read(json.required("schedule")) : null,
          text(json, "stopped"),
          pause(json.get("paused")),
          instant(json, "next"),
          waiting(json.get("waiting")),
          runs(json.required("runs")),
          json.required("blocked").intValue(),
          entries(json.required("recent")),
          outcomes(json.required("outcomes")),
          instant(json, "asksAt"),
          json.required("changes").longValue());
    } catch (RuntimeException e) {
      throw new MalformedRecordException("the stored schedule cannot be read: " + e.getMessage());
    }
  }

  private static @Nullable Pause pause(@Nullable JsonNode json) {
    return json == null
        ? null
        : new Pause(
            Instant.parse(JsonText.required(json, "at")), text(json, "by"), text(json, "reason"));
  }

  private static @Nullable Waiting waiting(@Nullable JsonNode json) {
    return json == null
        ? null
        : new Waiting(
            Instant.parse(JsonText.required(json, "planned")),
            json.required("requested").booleanValue(),
            text(json, "by"));
  }

  private static List<ScheduleRun> runs(JsonNode json) {
    List<ScheduleRun> runs = new ArrayList<>();
    for (JsonNode run : json) {
      runs.add(
          new ScheduleRun(
              JsonText.required(run, "flowId"),
              Instant.parse(JsonText.required(run, "planned")),
              ScheduleRun.Progress.valueOf(JsonText.required(run, "progress")),
              run.required("transition").intValue()));
    }
    return runs;
  }

  private static List<ScheduleEntry> entries(JsonNode json) {
    List<ScheduleEntry> entries = new ArrayList<>();
    for (JsonNode entry : json) {
      entries.add(
          new ScheduleEntry(
              ScheduleEntry.Type.valueOf(JsonText.required(entry, "type")),
              Instant.parse(JsonText.required(entry, "at")),
              instant(entry, "planned"),
              entry.path("count").asInt(0),
              text(entry, "flowId"),
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

  private static void put(ObjectNode json, String name, @Nullable Object value) {
    if (value != null) {
      json.put(name, value.toString());
    }
  }
}

package io.doundo.orchestrator.trigger;

import io.doundo.orchestrator.definition.EventMapping;
import io.doundo.orchestrator.definition.EventTrigger;
import io.doundo.orchestrator.definition.EventTrigger.From;
import io.doundo.orchestrator.definition.Schedule;
import io.doundo.orchestrator.definition.TriggerSource;
import io.doundo.orchestrator.schedule.stored.ScheduleJson;
import io.doundo.protocol.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A trigger as JSON: part of a stored orchestration and of its hash. Stateless. */
public final class TriggerJson {

  private static final String SCHEDULE = "schedule";
  private static final String EVENT = "event";

  private TriggerJson() {}

  /** The field of a trigger in which its source stands. */
  public static String kind(TriggerSource source) {
    return source instanceof Schedule ? SCHEDULE : EVENT;
  }

  /** The stored form. */
  public static ObjectNode write(TriggerSource source) {
    if (source instanceof Schedule schedule) {
      return ScheduleJson.write(schedule);
    }
    EventTrigger event = (EventTrigger) source;
    ObjectNode json = Json.MAPPER.createObjectNode().put("topic", event.topic());
    if (event.from() != From.LATEST) {
      json.put("from", event.from().name());
    }
    return write(event.mapping(), json);
  }

  /**
   * Reads the stored form.
   *
   * @param trigger the object in which the source stands
   * @throws RuntimeException when it is damaged
   */
  public static TriggerSource read(JsonNode trigger) {
    JsonNode event = trigger.get(EVENT);
    if (event == null) {
      return ScheduleJson.read(trigger.required(SCHEDULE));
    }
    return new EventTrigger(
        event.required("topic").stringValue(),
        event.has("from") ? From.valueOf(event.required("from").stringValue()) : From.LATEST,
        mapping(event));
  }

  private static ObjectNode write(EventMapping mapping, ObjectNode json) {
    put(json, "when", mapping.when());
    put(json, "flowId", mapping.flowId());
    put(json, "signal", mapping.signal());
    if (mapping.payload() != null) {
      json.set("payload", Json.MAPPER.readTree(mapping.payload()));
    }
    return json;
  }

  private static EventMapping mapping(JsonNode json) {
    JsonNode payload = json.get("payload");
    return new EventMapping(
        text(json, "when"),
        text(json, "flowId"),
        payload == null ? null : Json.of(payload).toString(),
        text(json, "signal"));
  }

  private static void put(ObjectNode json, String field, @Nullable String text) {
    if (text != null) {
      json.put(field, text);
    }
  }

  private static @Nullable String text(JsonNode json, String field) {
    JsonNode value = json.get(field);
    return value == null ? null : value.stringValue();
  }
}

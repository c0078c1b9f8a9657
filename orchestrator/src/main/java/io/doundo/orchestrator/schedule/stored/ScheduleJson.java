package io.doundo.orchestrator.schedule.stored;

import io.doundo.orchestrator.definition.Schedule;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.JsonText;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The definition of a schedule as JSON: part of a stored orchestration and its hash. Stateless. */
public final class ScheduleJson {

  private ScheduleJson() {}

  /** The stored form, in which every default stands. */
  public static ObjectNode write(Schedule schedule) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    if (schedule.timing() instanceof Schedule.Cron cron) {
      json.put("cron", cron.expression()).put("zone", cron.zone().getId());
    } else if (schedule.timing() instanceof Schedule.Every every) {
      json.put("every", every.interval().toMillis());
    } else if (schedule.timing() instanceof Schedule.At once) {
      json.put("at", once.instant().toString());
    } else if (schedule.timing() instanceof Schedule.After after) {
      json.put("after", after.pause().toMillis());
    }
    json.put("overlap", schedule.overlap().name());
    json.put("catchUp", schedule.catchUp().name());
    json.put("within", schedule.within().toMillis());
    if (schedule.payload() != null) {
      json.set("payload", Json.MAPPER.readTree(schedule.payload()));
    }
    return json;
  }

  /**
   * Reads the stored form.
   *
   * @throws RuntimeException when it is damaged
   */
  public static Schedule read(JsonNode json) {
    return new Schedule(
        timing(json),
        Schedule.Overlap.valueOf(JsonText.required(json, "overlap")),
        Schedule.CatchUp.valueOf(JsonText.required(json, "catchUp")),
        Duration.ofMillis(json.required("within").longValue()),
        text(json.get("payload")));
  }

  private static Schedule.Timing timing(JsonNode json) {
    if (json.has("cron")) {
      return new Schedule.Cron(
          JsonText.required(json, "cron"), ZoneId.of(JsonText.required(json, "zone")));
    }
    if (json.has("every")) {
      return new Schedule.Every(Duration.ofMillis(json.required("every").longValue()));
    }
    if (json.has("at")) {
      return new Schedule.At(Instant.parse(JsonText.required(json, "at")));
    }
    return new Schedule.After(Duration.ofMillis(json.required("after").longValue()));
  }

  private static @Nullable String text(@Nullable JsonNode json) {
    return json == null ? null : Json.of(json).toString();
  }
}

package io.doundo.orchestrator.evaluation;

import io.doundo.expression.Bindings;
import io.doundo.expression.EvaluationException;
import io.doundo.expression.ExpressionCompiler;
import io.doundo.orchestrator.definition.Schedule;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;

/** Computes the payload with which a schedule starts a run. Stateless. */
public final class SchedulePayload {

  private SchedulePayload() {}

  /**
   * The payload of a run. Its expressions read {@code event.at}, the time that the run was due, in
   * UTC; {@code event.local}, the same as the schedule's time zone shows it; and {@code
   * event.trigger}.
   *
   * @return any JSON value; only an object is a payload
   * @throws EvaluationException when an expression has no value
   */
  public static RawJson of(Schedule schedule, String trigger, Instant planned)
      throws EvaluationException {
    String template = schedule.payload();
    if (template == null) {
      return RawJson.EMPTY_OBJECT;
    }
    ZoneId zone = schedule.timing() instanceof Schedule.Cron cron ? cron.zone() : ZoneOffset.UTC;
    Map<String, RawJson> event = new LinkedHashMap<>();
    event.put("at", Json.string(planned.toString()));
    event.put(
        "local",
        Json.string(
            DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                OffsetDateTime.ofInstant(planned, zone))));
    event.put("trigger", Json.string(trigger));
    return ExpressionCompiler.ofStored()
        .template("payload", Json.MAPPER.readTree(template))
        .orElseThrow()
        .evaluate(new Bindings().with("event", Json.object(event)));
  }
}

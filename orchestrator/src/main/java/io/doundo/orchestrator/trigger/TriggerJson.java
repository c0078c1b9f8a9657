package io.doundo.orchestrator.trigger;

import io.doundo.orchestrator.definition.EventMapping;
import io.doundo.orchestrator.definition.EventTrigger;
import io.doundo.orchestrator.definition.EventTrigger.From;
import io.doundo.orchestrator.definition.Schedule;
import io.doundo.orchestrator.definition.TriggerSource;
import io.doundo.orchestrator.definition.WebhookTrigger;
import io.doundo.orchestrator.definition.WebhookTrigger.ApiKey;
import io.doundo.orchestrator.definition.WebhookTrigger.Encoding;
import io.doundo.orchestrator.definition.WebhookTrigger.Hmac;
import io.doundo.orchestrator.definition.WebhookTrigger.Signed;
import io.doundo.orchestrator.definition.WebhookTrigger.Standard;
import io.doundo.orchestrator.definition.WebhookTrigger.Token;
import io.doundo.orchestrator.definition.WebhookTrigger.Unsigned;
import io.doundo.orchestrator.definition.WebhookTrigger.Verification;
import io.doundo.orchestrator.schedule.stored.ScheduleJson;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.JsonText;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A trigger as JSON: part of a stored orchestration and of its hash. Stateless. */
public final class TriggerJson {

  private static final String SCHEDULE = "schedule";
  private static final String EVENT = "event";
  private static final String WEBHOOK = "webhook";

  private TriggerJson() {}

  /** The field of a trigger in which its source stands. */
  public static String kind(TriggerSource source) {
    return source instanceof Schedule
        ? SCHEDULE
        : source instanceof WebhookTrigger ? WEBHOOK : EVENT;
  }

  /** The stored form. */
  public static ObjectNode write(TriggerSource source) {
    if (source instanceof Schedule schedule) {
      return ScheduleJson.write(schedule);
    }
    if (source instanceof WebhookTrigger webhook) {
      return write(webhook);
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
    if (trigger.has(WEBHOOK)) {
      return webhook(trigger.required(WEBHOOK));
    }
    JsonNode event = trigger.get(EVENT);
    if (event == null) {
      return ScheduleJson.read(trigger.required(SCHEDULE));
    }
    return new EventTrigger(
        JsonText.required(event, "topic"),
        event.has("from") ? From.valueOf(JsonText.required(event, "from")) : From.LATEST,
        mapping(event));
  }

  private static ObjectNode write(WebhookTrigger webhook) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    Verification verify = webhook.verify();
    if (verify instanceof Standard) {
      json.put("verify", "standard");
    } else if (verify instanceof ApiKey) {
      json.put("verify", "apiKey");
    } else if (verify instanceof Token token) {
      json.putObject("verify").putObject("token").put("header", token.header());
    } else if (verify instanceof Hmac hmac) {
      ObjectNode written = json.putObject("verify").putObject("hmac");
      written.put("header", hmac.header());
      written.put("prefix", hmac.prefix());
      written.put("encoding", hmac.encoding().name());
      written.put("signed", hmac.signed().name());
      put(written, "id", hmac.id());
      put(written, "timestamp", hmac.timestamp());
    }
    put(json, "secret", webhook.secret());
    return write(webhook.mapping(), json);
  }

  private static WebhookTrigger webhook(JsonNode json) {
    return new WebhookTrigger(
        verification(json.get("verify")), text(json, "secret"), mapping(json));
  }

  private static Verification verification(@Nullable JsonNode verify) {
    if (verify == null) {
      return new Unsigned();
    }
    if (verify.isString()) {
      return JsonText.of(verify, "verify").equals("standard") ? new Standard() : new ApiKey();
    }
    JsonNode hmac = verify.get("hmac");
    if (hmac == null) {
      return new Token(JsonText.required(verify.required("token"), "header"));
    }
    return new Hmac(
        JsonText.required(hmac, "header"),
        JsonText.required(hmac, "prefix"),
        Encoding.valueOf(JsonText.required(hmac, "encoding")),
        Signed.valueOf(JsonText.required(hmac, "signed")),
        text(hmac, "id"),
        text(hmac, "timestamp"));
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

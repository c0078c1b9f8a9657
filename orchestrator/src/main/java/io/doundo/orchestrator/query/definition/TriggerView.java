package io.doundo.orchestrator.query.definition;

import io.doundo.orchestrator.definition.EventMapping;
import io.doundo.orchestrator.definition.EventTrigger;
import io.doundo.orchestrator.definition.Schedule;
import io.doundo.orchestrator.definition.Trigger;
import io.doundo.orchestrator.definition.WebhookTrigger;
import io.doundo.orchestrator.definition.WebhookTrigger.ApiKey;
import io.doundo.orchestrator.definition.WebhookTrigger.Hmac;
import io.doundo.orchestrator.definition.WebhookTrigger.Standard;
import io.doundo.orchestrator.definition.WebhookTrigger.Token;
import io.doundo.orchestrator.definition.WebhookTrigger.Verification;
import io.doundo.protocol.json.Json;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A trigger as it is shown.
 *
 * @param source the times, the topic, or the request, for people
 * @param topic of an event; null for others
 * @param from where an event begins to be read, {@code latest} or {@code earliest}; null for others
 * @param verify how a webhook verifies requests ({@code standard}, {@code hmac}, {@code token},
 *     {@code apiKey}, or {@code none}); null for others
 * @param secret the name of the secret in the settings; null where none is used
 * @param when the condition; null for always
 * @param flowId the expression of the flowId; null where it is derived
 * @param payload with its expressions; null for the data of the event, and for an empty one
 * @param signal the signal that is sent; null when a flow starts
 */
public record TriggerView(
    String name,
    Kind kind,
    String source,
    @Nullable String topic,
    @Nullable String from,
    @Nullable String verify,
    @Nullable String secret,
    @Nullable String when,
    @Nullable String flowId,
    @Nullable JsonNode payload,
    @Nullable String signal) {

  /** What fires a trigger. */
  public enum Kind {
    SCHEDULE,
    EVENT,
    WEBHOOK
  }

  /** Shows a trigger of an orchestration. */
  public static TriggerView of(String orchestration, Trigger trigger) {
    EventTrigger event = trigger.event();
    if (event != null) {
      return mapped(
          trigger,
          Kind.EVENT,
          event.topic(),
          event.mapping(),
          event.topic(),
          event.from().name().toLowerCase(Locale.ROOT),
          null,
          null);
    }
    WebhookTrigger webhook = trigger.webhook();
    if (webhook != null) {
      return mapped(
          trigger,
          Kind.WEBHOOK,
          "POST /api/hooks/" + orchestration + '/' + trigger.name(),
          webhook.mapping(),
          null,
          null,
          way(webhook.verify()),
          webhook.secret());
    }
    Schedule schedule = trigger.schedule();
    return new TriggerView(
        trigger.name(),
        Kind.SCHEDULE,
        schedule == null ? "" : schedule.timing().text(),
        null,
        null,
        null,
        null,
        null,
        null,
        schedule == null ? null : json(schedule.payload()),
        null);
  }

  private static TriggerView mapped(
      Trigger trigger,
      Kind kind,
      String source,
      EventMapping mapping,
      @Nullable String topic,
      @Nullable String from,
      @Nullable String verify,
      @Nullable String secret) {
    return new TriggerView(
        trigger.name(),
        kind,
        source,
        topic,
        from,
        verify,
        secret,
        mapping.when(),
        mapping.flowId(),
        json(mapping.payload()),
        mapping.signal());
  }

  private static String way(Verification verify) {
    if (verify instanceof Standard) {
      return "standard";
    }
    if (verify instanceof Hmac) {
      return "hmac";
    }
    if (verify instanceof Token) {
      return "token";
    }
    return verify instanceof ApiKey ? "apiKey" : "none";
  }

  private static @Nullable JsonNode json(@Nullable String payload) {
    return payload == null ? null : Json.MAPPER.readTree(payload);
  }
}

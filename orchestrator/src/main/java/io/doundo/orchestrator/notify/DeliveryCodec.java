package io.doundo.orchestrator.notify;

import io.doundo.orchestrator.definition.Receiver.Occasion;
import io.doundo.orchestrator.notify.Delivery.Attempt;
import io.doundo.orchestrator.notify.Delivery.LastResend;
import io.doundo.orchestrator.notify.Delivery.State;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.JsonText;
import io.doundo.protocol.json.MalformedRecordException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The records of the topic of notifications: deliveries under their ids, and requests to send one
 * again under the id of the request. Stateless.
 */
public final class DeliveryCodec {

  private static final int SCHEMA = 1;
  private static final String REQUEST = "resend/";

  private DeliveryCodec() {}

  /**
   * A request to send a delivery again. The owner of its source carries it out and deletes it, or
   * stores it once more with the reason why it cannot.
   *
   * @param source of the delivery
   * @param refused why it was not carried out; null while it is open
   */
  public record ResendRequest(
      String id,
      String delivery,
      int source,
      @Nullable String by,
      Instant at,
      @Nullable String refused) {

    /** An open one. */
    public ResendRequest(String id, String delivery, int source, @Nullable String by, Instant at) {
      this(id, delivery, source, by, at, null);
    }

    /** The same, refused. */
    public ResendRequest refusedBecause(String why) {
      return new ResendRequest(id, delivery, source, by, at, why);
    }

    /** The key of its record. */
    public String key() {
      return REQUEST + id;
    }
  }

  /** Whether a key is that of a request. */
  public static boolean isRequest(String key) {
    return key.startsWith(REQUEST);
  }

  /** The record of a delivery. */
  public static byte[] encode(Delivery delivery) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("schema", SCHEMA);
    json.put("id", delivery.id());
    json.put("receiver", delivery.receiver());
    json.put("connection", delivery.connection());
    json.put("url", delivery.url());
    json.put("occasion", delivery.occasion().name());
    put(json, "flowId", delivery.flowId());
    put(json, "orchestration", delivery.orchestration());
    put(json, "schedule", delivery.schedule());
    put(json, "breaker", delivery.breaker());
    json.put("transition", delivery.transition());
    json.put("at", delivery.at().toString());
    json.put("source", delivery.source());
    json.put("state", delivery.state().name());
    json.put("attempts", delivery.attempts());
    json.put("next", delivery.next().toString());
    json.put("until", delivery.until().toString());
    ArrayNode recent = json.putArray("recent");
    for (Attempt attempt : delivery.recent()) {
      ObjectNode one = recent.addObject();
      one.put("at", attempt.at().toString());
      one.put("status", attempt.status());
      put(one, "error", attempt.error());
      one.put("tookMs", attempt.tookMs());
    }
    LastResend resend = delivery.resend();
    if (resend != null) {
      ObjectNode one = json.putObject("resend");
      one.put("id", resend.id());
      put(one, "by", resend.by());
      one.put("at", resend.at().toString());
      one.put("count", resend.count());
    }
    json.set("body", Json.MAPPER.readTree(delivery.body().bytes()));
    return Json.MAPPER.writeValueAsBytes(json);
  }

  /** Reads the record of a delivery. */
  public static Delivery decode(byte[] value) throws MalformedRecordException {
    try {
      JsonNode json = readable(value);
      List<Attempt> recent = new ArrayList<>();
      for (JsonNode one : json.required("recent")) {
        recent.add(
            new Attempt(
                time(one, "at"),
                one.required("status").intValue(),
                text(one, "error"),
                one.required("tookMs").longValue()));
      }
      JsonNode resend = json.get("resend");
      return new Delivery(
          required(json, "id"),
          required(json, "receiver"),
          required(json, "connection"),
          required(json, "url"),
          Occasion.valueOf(required(json, "occasion")),
          text(json, "flowId"),
          text(json, "orchestration"),
          json.required("transition").intValue(),
          time(json, "at"),
          json.required("source").intValue(),
          Json.of(json.required("body")),
          State.valueOf(required(json, "state")),
          json.required("attempts").intValue(),
          time(json, "next"),
          time(json, "until"),
          recent,
          resend == null
              ? null
              : new LastResend(
                  required(resend, "id"),
                  text(resend, "by"),
                  time(resend, "at"),
                  resend.required("count").intValue()),
          text(json, "schedule"),
          text(json, "breaker"));
    } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
      throw new MalformedRecordException("the delivery cannot be read: " + e.getMessage());
    }
  }

  /** The record of a request. */
  public static byte[] encode(ResendRequest request) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("schema", SCHEMA);
    json.put("id", request.id());
    json.put("delivery", request.delivery());
    json.put("source", request.source());
    put(json, "by", request.by());
    json.put("at", request.at().toString());
    put(json, "refused", request.refused());
    return Json.MAPPER.writeValueAsBytes(json);
  }

  /** Reads the record of a request. */
  public static ResendRequest decodeRequest(byte[] value) throws MalformedRecordException {
    try {
      JsonNode json = readable(value);
      return new ResendRequest(
          required(json, "id"),
          required(json, "delivery"),
          json.required("source").intValue(),
          text(json, "by"),
          time(json, "at"),
          text(json, "refused"));
    } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
      throw new MalformedRecordException("the request cannot be read: " + e.getMessage());
    }
  }

  private static JsonNode readable(byte[] value) throws MalformedRecordException {
    JsonNode json = Json.MAPPER.readTree(value);
    int schema = json.path("schema").asInt(0);
    if (schema != SCHEMA) {
      throw new MalformedRecordException(
          "it has schema %d; this version reads %d".formatted(schema, SCHEMA));
    }
    return json;
  }

  private static void put(ObjectNode json, String field, @Nullable String text) {
    if (text != null) {
      json.put(field, text);
    }
  }

  private static String required(JsonNode json, String field) {
    return JsonText.required(json, field);
  }

  private static @Nullable String text(JsonNode json, String field) {
    JsonNode value = json.get(field);
    return value == null ? null : value.stringValue();
  }

  private static Instant time(JsonNode json, String field) {
    return Instant.parse(required(json, field));
  }
}

package io.doundo.orchestrator.trigger;

import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record of a topic as the variable {@code event} of a trigger: where it stands, its key and
 * headers, and its data. A CloudEvent is recognised in both modes of its binding to Kafka: binary
 * by the header {@code ce_specversion}, structured by the header {@code content-type} or, without
 * one, by its four required attributes. Stateless.
 */
public final class EventContent {

  private static final String CONTENT_TYPE = "content-type";
  private static final String STRUCTURED = "application/cloudevents+json";
  private static final String BINARY_PREFIX = "ce_";
  private static final String SPEC_VERSION = "specversion";

  /** The attributes of a CloudEvent that expressions read. */
  private static final List<String> ATTRIBUTES = List.of("type", "source", "id", "subject", "time");

  private static final List<String> REQUIRED = List.of(SPEC_VERSION, "type", "source", "id");

  private EventContent() {}

  /**
   * A record as it was read.
   *
   * @param timestamp ms since the epoch
   * @param key null when it has none, or it is no text
   * @param headers those that are text, the last of each name
   * @param value null for a tombstone
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared; the array is not written.
  public record Received(
      String topic,
      int partition,
      long offset,
      long timestamp,
      @Nullable String key,
      Map<String, String> headers,
      byte @Nullable [] value) {

    public Received {
      headers = Map.copyOf(headers);
    }

    private @Nullable String header(String name) {
      String exact = headers.get(name);
      if (exact != null) {
        return exact;
      }
      return headers.entrySet().stream()
          .filter(header -> header.getKey().equalsIgnoreCase(name))
          .map(Map.Entry::getValue)
          .findFirst()
          .orElse(null);
    }
  }

  /**
   * The value of {@code event}.
   *
   * @param trigger the name of the trigger
   * @throws MalformedRecordException when the record's value cannot be read
   */
  public static RawJson of(Received record, String trigger) throws MalformedRecordException {
    Map<String, RawJson> event = new LinkedHashMap<>();
    event.put("topic", Json.string(record.topic()));
    event.put("partition", number(record.partition()));
    event.put("offset", number(record.offset()));
    event.put("at", Json.string(Instant.ofEpochMilli(record.timestamp()).toString()));
    event.put("key", text(record.key()));
    Map<String, RawJson> headers = new LinkedHashMap<>();
    record.headers().forEach((name, value) -> headers.put(name, Json.string(value)));
    event.put("headers", Json.object(headers));
    event.put("trigger", Json.string(trigger));
    event.putAll(content(record));
    return Json.object(event);
  }

  private static Map<String, RawJson> content(Received record) throws MalformedRecordException {
    if (record.header(BINARY_PREFIX + SPEC_VERSION) != null) {
      Map<String, RawJson> content = new LinkedHashMap<>();
      for (String attribute : ATTRIBUTES) {
        content.put(attribute, text(record.header(BINARY_PREFIX + attribute)));
      }
      content.put("data", data(record.value(), record.header(CONTENT_TYPE)));
      return content;
    }
    RawJson value = record.value() == null ? RawJson.NULL : Json.value(record.value());
    Map<String, RawJson> fields = value.isObject() ? Json.fields(value.bytes()) : Map.of();
    if (isStructured(record.header(CONTENT_TYPE), fields)) {
      return structured(fields);
    }
    Map<String, RawJson> content = new LinkedHashMap<>();
    ATTRIBUTES.forEach(attribute -> content.put(attribute, RawJson.NULL));
    RawJson type = fields.get("eventType");
    if (record.topic().equals(Topics.TRIGGER) && type != null && type.isString()) {
      content.put("type", type);
      content.put("data", fields.getOrDefault("data", RawJson.NULL));
    } else {
      content.put("data", value);
    }
    return content;
  }

  private static boolean isStructured(@Nullable String contentType, Map<String, RawJson> fields) {
    if (contentType != null && contentType.toLowerCase(Locale.ROOT).startsWith(STRUCTURED)) {
      return true;
    }
    return REQUIRED.stream()
        .map(fields::get)
        .allMatch(attribute -> attribute != null && attribute.isString());
  }

  private static Map<String, RawJson> structured(Map<String, RawJson> fields)
      throws MalformedRecordException {
    for (String attribute : REQUIRED) {
      RawJson value = fields.get(attribute);
      if (value == null || !value.isString()) {
        throw new MalformedRecordException(
            "the CloudEvent has no attribute \"" + attribute + "\" that is text");
      }
    }
    Map<String, RawJson> content = new LinkedHashMap<>();
    for (String attribute : ATTRIBUTES) {
      content.put(attribute, fields.getOrDefault(attribute, RawJson.NULL));
    }
    RawJson encoded = fields.get("data_base64");
    if (encoded == null || encoded.isNull()) {
      content.put("data", fields.getOrDefault("data", RawJson.NULL));
      return content;
    }
    if (!encoded.isString()) {
      throw new MalformedRecordException("data_base64 of the CloudEvent is not text");
    }
    RawJson type = fields.get("datacontenttype");
    try {
      byte[] data = Base64.getDecoder().decode(Json.text(encoded));
      content.put("data", data(data, type != null && type.isString() ? Json.text(type) : null));
    } catch (IllegalArgumentException e) {
      throw new MalformedRecordException("data_base64 of the CloudEvent is not base64");
    }
    return content;
  }

  /** JSON, unless its type says that it is something else: then text. */
  private static RawJson data(byte @Nullable [] value, @Nullable String contentType)
      throws MalformedRecordException {
    if (value == null) {
      return RawJson.NULL;
    }
    if (contentType == null || isJson(contentType)) {
      return Json.value(value);
    }
    try {
      return Json.string(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString());
    } catch (CharacterCodingException e) {
      throw new MalformedRecordException(
          "the data of type " + contentType + " is neither JSON nor UTF-8 text");
    }
  }

  /** Whether a media type is that of JSON. */
  public static boolean isJson(String contentType) {
    int end = contentType.indexOf(';');
    String type = (end < 0 ? contentType : contentType.substring(0, end)).strip();
    String lower = type.toLowerCase(Locale.ROOT);
    return lower.endsWith("/json") || lower.endsWith("+json");
  }

  private static RawJson text(@Nullable String text) {
    return text == null ? RawJson.NULL : Json.string(text);
  }

  private static RawJson number(long number) {
    return RawJson.trusted(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
  }
}

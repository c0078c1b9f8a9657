package io.doundo.worker.binding;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.lang.reflect.Type;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.util.ByteArrayBuilder;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads payloads as the types handlers ask for, and writes their results. Fields that a type does
 * not have are passed over, because a payload carries the results of all steps before. Thread-safe.
 */
public final class JsonBinder {

  private final JsonMapper mapper;
  private final ObjectWriter writer;
  private final JsonFields fields;

  /**
   * Makes a binder.
   *
   * @param mapper the application's own, with its modules
   */
  public JsonBinder(JsonMapper mapper) {
    this.mapper =
        mapper.rebuild().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
    this.writer = this.mapper.writer().without(SerializationFeature.WRAP_ROOT_VALUE);
    this.fields = new JsonFields(this.mapper);
  }

  JsonFields fields() {
    return fields;
  }

  JavaType type(Type type) {
    return mapper.constructType(type);
  }

  @Nullable Object read(RawJson json, JavaType type, String what)
      throws UnreadablePayloadException {
    try {
      return mapper.readValue(json.bytes(), type);
    } catch (JacksonException e) {
      throw unfit(what, type, e.getOriginalMessage(), e);
    } catch (NumberFormatException e) {
      // Jackson's way of saying that a number is beyond its limits.
      throw unfit(what, type, String.valueOf(e.getMessage()), e);
    }
  }

  private static UnreadablePayloadException unfit(
      String what, JavaType type, String why, Exception cause) {
    return new UnreadablePayloadException(
        "%s does not fit %s: %s".formatted(what, type.toCanonical(), why), cause);
  }

  /**
   * Reads a value.
   *
   * @throws JacksonException when it does not fit the type
   */
  public <T> T read(RawJson json, Class<T> type) {
    return mapper.readValue(json.bytes(), type);
  }

  JsonNode tree(RawJson json) throws UnreadablePayloadException {
    return (JsonNode)
        Objects.requireNonNull(read(json, mapper.constructType(JsonNode.class), "the payload"));
  }

  /**
   * Writes a value as JSON, null as {@code null}.
   *
   * @throws JacksonException when it cannot be written
   * @throws IllegalArgumentException when no reader takes it: it is too deep, or a number or name
   *     in it is too long
   */
  public RawJson write(@Nullable Object value) {
    if (value instanceof RawJson written) {
      return payload(written);
    }
    if (value instanceof JsonNode tree) {
      return payload(Json.of(tree));
    }
    RawJson text = text(value);
    try {
      Json.requirePayload(text);
      return text;
    } catch (MalformedRecordException e) {
      // A name that the value's getters write twice is in its tree once.
      return payload(Json.of(mapper.valueToTree(value)));
    }
  }

  /** As the application's serializers say, in the spelling of this project. */
  private RawJson text(@Nullable Object value) {
    ByteArrayBuilder out = new ByteArrayBuilder();
    try (JsonGenerator generator = Json.MAPPER.createGenerator(out)) {
      writer.writeValue(generator, value);
    }
    return RawJson.trusted(out.toByteArray());
  }

  private static RawJson payload(RawJson json) {
    try {
      Json.requirePayload(json);
    } catch (MalformedRecordException e) {
      throw new IllegalArgumentException(e.reason(), e);
    }
    return json;
  }
}

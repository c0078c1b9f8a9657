package io.doundo.orchestrator.template;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import java.time.DateTimeException;
import java.time.Instant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A template as it is stored.
 *
 * @param version counts from 1 with each change of the content
 */
public record Template(TemplateContent content, int version, Instant createdAt, Instant updatedAt) {

  /** Its first version. */
  public static Template created(TemplateContent content, Instant now) {
    return new Template(content, 1, now, now);
  }

  /** The version that follows it. */
  public Template changed(TemplateContent other, Instant now) {
    return new Template(other, version + 1, createdAt, now);
  }

  public String id() {
    return content.id();
  }

  /** As it is shown and stored. */
  public ObjectNode json() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("id", content.id());
    json.put("name", content.name());
    if (content.description() != null) {
      json.put("description", content.description());
    }
    if (content.category() != null) {
      json.put("category", content.category());
    }
    json.put("version", version);
    json.set("definition", content.definition());
    ArrayNode parameters = json.putArray("parameters");
    for (TemplateParameter parameter : content.parameters()) {
      ObjectNode one = parameters.addObject();
      one.put("name", parameter.name());
      one.put("type", parameter.type());
      one.put("required", parameter.required());
      if (parameter.defaultValue() != null) {
        one.set("defaultValue", parameter.defaultValue());
      }
      if (parameter.description() != null) {
        one.put("description", parameter.description());
      }
    }
    json.put("isPublic", content.isPublic());
    json.put("createdAt", createdAt.toString());
    json.put("updatedAt", updatedAt.toString());
    return json;
  }

  /**
   * Reads what {@link #json} wrote.
   *
   * @throws MalformedRecordException when it is no template
   */
  public static Template read(byte[] stored) throws MalformedRecordException {
    TemplateReader.Outcome read = TemplateReader.read(stored);
    TemplateContent content = read.content();
    if (content == null) {
      throw new MalformedRecordException(read.reason());
    }
    try {
      JsonNode json = Json.MAPPER.readTree(stored);
      return new Template(
          content,
          json.path("version").asInt(1),
          Instant.parse(json.path("createdAt").asString("")),
          Instant.parse(json.path("updatedAt").asString("")));
    } catch (DateTimeException e) {
      throw new MalformedRecordException("createdAt or updatedAt is not a time");
    }
  }
}

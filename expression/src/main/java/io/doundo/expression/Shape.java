package io.doundo.expression;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The fields that a value can have by its JSON Schema: a path to any other is a typing error. A
 * schema with {@code properties} counts as complete unless it has {@code additionalProperties}; if
 * it uses keywords that this class does not read, every path is valid. Immutable.
 */
public final class Shape {

  /** The shape of a value about which nothing is known. */
  public static final Shape UNKNOWN = new Shape(null, null);

  /** Keywords with which further fields are possible. */
  private static final Set<String> OTHER_SOURCES =
      Set.of(
          "$ref",
          "$dynamicRef",
          "allOf",
          "anyOf",
          "oneOf",
          "not",
          "if",
          "patternProperties",
          "dependentSchemas",
          "unevaluatedProperties");

  private static final int MAX_DEPTH = 50;

  private final @Nullable Map<String, Shape> fields;
  private final @Nullable Shape elements;

  private Shape(@Nullable Map<String, Shape> fields, @Nullable Shape elements) {
    this.fields = fields;
    this.elements = elements;
  }

  /** The shape of the values that a schema allows. */
  public static Shape of(JsonNode schema) {
    return of(schema, MAX_DEPTH);
  }

  private static Shape of(JsonNode schema, int depth) {
    if (depth == 0 || !schema.isObject() || OTHER_SOURCES.stream().anyMatch(schema::has)) {
      return UNKNOWN;
    }
    JsonNode items = schema.get("items");
    Shape elements = items == null ? null : of(items, depth - 1);
    JsonNode additional = schema.get("additionalProperties");
    JsonNode properties = schema.get("properties");
    boolean isOpen = additional != null && !(additional.isBoolean() && !additional.booleanValue());
    if (properties == null || !properties.isObject() || isOpen) {
      return elements == null ? UNKNOWN : new Shape(null, elements);
    }
    Map<String, Shape> fields = new LinkedHashMap<>();
    properties
        .properties()
        .forEach(field -> fields.put(field.getKey(), of(field.getValue(), depth - 1)));
    return new Shape(Map.copyOf(fields), elements);
  }

  /** A value with exactly these fields, whose own shapes are not known. */
  public static Shape ofFields(String... names) {
    Map<String, Shape> fields = new LinkedHashMap<>();
    for (String name : names) {
      fields.put(name, UNKNOWN);
    }
    return new Shape(Map.copyOf(fields), null);
  }

  /** The shape of a template's values: the fields that the template names. */
  public static Shape ofTemplate(JsonNode template) {
    if (!template.isObject()) {
      return UNKNOWN;
    }
    Map<String, Shape> fields = new LinkedHashMap<>();
    template
        .properties()
        .forEach(field -> fields.put(field.getKey(), ofTemplate(field.getValue())));
    return new Shape(Map.copyOf(fields), null);
  }

  /** The shape of a field; null when the field cannot exist. */
  @Nullable Shape field(String name) {
    return fields == null ? UNKNOWN : fields.get(name);
  }

  /** The shape of each element of a list. */
  Shape element() {
    return elements == null ? UNKNOWN : elements;
  }

  /** The names of the possible fields; empty when they are not known. */
  Set<String> fields() {
    return fields == null ? Set.of() : fields.keySet();
  }

  /** The first part of a path whose field cannot exist. */
  record Unknown(List<String> holder, String name, Set<String> known) {}

  /** Follows a path, whose first part is the variable that has this shape. */
  @Nullable Unknown unknownIn(List<String> path, int from) {
    Shape shape = this;
    for (int i = from; i < path.size(); i++) {
      Shape next = shape.field(path.get(i));
      if (next == null) {
        return new Unknown(path.subList(0, i), path.get(i), shape.fields());
      }
      shape = next;
    }
    return null;
  }
}

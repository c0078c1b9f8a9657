package io.doundo.worker.binding;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.introspect.BeanPropertyDefinition;
import tools.jackson.databind.introspect.ClassIntrospector;
import tools.jackson.databind.json.JsonMapper;

/** Jackson's view of types, determined before anything is read or written. Thread-safe. */
final class JsonFields {

  /** How a value looks in JSON; values that look different cannot be the same thing. */
  enum Look {
    TEXT,
    NUMBER,
    BOOLEAN,
    LIST,
    /** Not known, or whatever its class makes of it. */
    ANY
  }

  private static final int DEEPEST = 5;

  private final JsonMapper mapper;

  JsonFields(JsonMapper mapper) {
    this.mapper = mapper;
  }

  /** The fields that are read into this type; empty for a type without fields. */
  Map<String, JavaType> read(JavaType type) {
    if (!hasFields(type)) {
      return Map.of();
    }
    ClassIntrospector classes = mapper.deserializationConfig().classIntrospectorInstance();
    BeanDescription bean =
        classes.introspectForDeserialization(type, classes.introspectClassAnnotations(type));
    Map<String, JavaType> fields = new LinkedHashMap<>();
    for (BeanPropertyDefinition field : bean.findProperties()) {
      if (field.couldDeserialize()) {
        fields.put(field.getName(), field.getPrimaryType());
      }
    }
    return fields;
  }

  /** The fields that are written of this type. */
  Map<String, JavaType> written(JavaType type) {
    if (!hasFields(type)) {
      return Map.of();
    }
    ClassIntrospector classes = mapper.serializationConfig().classIntrospectorInstance();
    BeanDescription bean =
        classes.introspectForSerialization(type, classes.introspectClassAnnotations(type));
    Map<String, JavaType> fields = new LinkedHashMap<>();
    for (BeanPropertyDefinition field : bean.findProperties()) {
      if (field.couldSerialize()) {
        fields.put(field.getName(), field.getPrimaryType());
      }
    }
    return fields;
  }

  private static boolean hasFields(JavaType type) {
    Class<?> raw = type.getRawClass();
    return !type.isPrimitive()
        && !type.isContainerType()
        && !type.isReferenceType()
        && !type.isEnumType()
        && !raw.getName().startsWith("java.")
        && !JsonNode.class.isAssignableFrom(raw);
  }

  Look look(JavaType type) {
    Class<?> raw = type.getRawClass();
    if (raw == boolean.class || raw == Boolean.class) {
      return Look.BOOLEAN;
    }
    if ((type.isPrimitive() && raw != char.class && raw != void.class)
        || Number.class.isAssignableFrom(raw)) {
      return Look.NUMBER;
    }
    if (CharSequence.class.isAssignableFrom(raw) || raw == char.class || raw == Character.class) {
      return Look.TEXT;
    }
    boolean bytes = raw == byte[].class || raw == char[].class;
    return (type.isArrayType() && !bytes) || type.isCollectionLikeType() ? Look.LIST : Look.ANY;
  }

  /** Why no value of this type can be read, whatever stands in the JSON; null when one can. */
  @Nullable String unreadable(JavaType type) {
    return unreadable(type, "", type, "", new HashSet<>(), 0);
  }

  /**
   * Reads an empty object at one place of an otherwise empty document: only a type that can never
   * be made is refused as a bad definition.
   */
  private @Nullable String unreadable(
      JavaType root, String before, JavaType type, String after, Set<JavaType> seen, int depth) {
    String problem = refusal(root, before + "{}" + after);
    if (problem != null || depth == DEEPEST || !seen.add(type)) {
      return problem;
    }
    if (type.isMapLikeType()) {
      return inside(root, before + "{\"x\":", type.getContentType(), '}' + after, seen, depth);
    }
    if (type.isContainerType()) {
      return inside(root, before + '[', type.getContentType(), ']' + after, seen, depth);
    }
    if (type.isReferenceType()) {
      return inside(root, before, type.getContentType(), after, seen, depth);
    }
    for (Map.Entry<String, JavaType> field : read(type).entrySet()) {
      String name = mapper.writeValueAsString(field.getKey());
      problem = inside(root, before + '{' + name + ':', field.getValue(), '}' + after, seen, depth);
      if (problem != null) {
        return problem;
      }
    }
    return null;
  }

  private @Nullable String inside(
      JavaType root,
      String before,
      @Nullable JavaType type,
      String after,
      Set<JavaType> seen,
      int depth) {
    return type == null ? null : unreadable(root, before, type, after, seen, depth + 1);
  }

  private @Nullable String refusal(JavaType root, String json) {
    try {
      mapper.readValue(json, root);
      return null;
    } catch (InvalidDefinitionException e) {
      return e.getOriginalMessage();
    } catch (JacksonException | IllegalArgumentException | NullPointerException e) {
      // An empty document does not fit, or its constructor refuses it; a full one may.
      return null;
    }
  }
}

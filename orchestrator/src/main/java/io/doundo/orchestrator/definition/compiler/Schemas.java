package io.doundo.orchestrator.definition.compiler;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.dialect.Dialects;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Checks the JSON Schemas of a document against the schema of schemas. Thread-safe. */
final class Schemas {

  /** Nothing is loaded from elsewhere: a reference to another document is a problem. */
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private static final Schema OF_SCHEMAS =
      REGISTRY.getSchema(SchemaLocation.of(Dialects.getDraft202012().getId()));

  private Schemas() {}

  /** Why a value is not a JSON Schema that can be used here; null when it is one. */
  static @Nullable String problemOf(JsonNode schema) {
    if (!schema.isObject() && !schema.isBoolean()) {
      return "must be a JSON Schema: an object";
    }
    String elsewhere = referenceElsewhere(schema);
    if (elsewhere != null) {
      return "refers to \"" + elsewhere + "\": only references within the schema (#…) are possible";
    }
    List<Error> errors = OF_SCHEMAS.validate(schema);
    return errors.isEmpty()
        ? null
        : "is not a valid JSON Schema: "
            + errors.get(0).getInstanceLocation()
            + ": "
            + errors.get(0).getMessage();
  }

  private static @Nullable String referenceElsewhere(JsonNode schema) {
    for (String keyword : List.of("$ref", "$dynamicRef", "$id", "$schema")) {
      JsonNode reference = schema.get(keyword);
      boolean isOwn =
          reference == null
              || !reference.isString()
              || reference.stringValue().startsWith("#")
              || reference.stringValue().equals(Dialects.getDraft202012().getId());
      if (!isOwn) {
        return reference.stringValue();
      }
    }
    for (JsonNode child : schema) {
      String elsewhere = referenceElsewhere(child);
      if (elsewhere != null) {
        return elsewhere;
      }
    }
    return null;
  }
}

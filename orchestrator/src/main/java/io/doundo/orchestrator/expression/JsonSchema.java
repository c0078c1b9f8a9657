package io.doundo.orchestrator.expression;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.regex.RegularExpression;
import io.doundo.orchestrator.expression.value.Budget;
import io.doundo.orchestrator.expression.value.NoValueException;
import io.doundo.orchestrator.expression.value.OverBudgetException;
import io.doundo.orchestrator.expression.value.Regex;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A JSON Schema (draft 2020-12) of a document. It loads nothing from elsewhere, and its patterns
 * are those of expressions, which search in time linear in the text. Immutable; safe for use by
 * several threads.
 */
public final class JsonSchema {

  /** Violations that are told of one value. */
  private static final int MAX_VIOLATIONS = 20;

  /** One language for all instances, because what is wrong with a payload is part of a result. */
  private static final SchemaRegistryConfig CONFIG =
      SchemaRegistryConfig.builder()
          .locale(Locale.ROOT)
          .regularExpressionFactory(JsonSchema::pattern)
          .build();

  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(
          Dialects.getDraft202012(), builder -> builder.schemaRegistryConfig(CONFIG));

  /** The schema of schemas has patterns that RE2 does not know. */
  private static final Schema OF_SCHEMAS =
      SchemaRegistry.withDefaultDialect(Dialects.getDraft202012())
          .getSchema(SchemaLocation.of(Dialects.getDraft202012().getId()));

  private final Schema schema;

  private JsonSchema(Schema schema) {
    this.schema = schema;
  }

  /** The schema of a document that was checked with {@link #problemOf}. */
  public static JsonSchema of(JsonNode schema) {
    return new JsonSchema(REGISTRY.getSchema(schema));
  }

  /** Why a value is not a JSON Schema that can be used here; null when it is one. */
  public static @Nullable String problemOf(JsonNode schema) {
    if (!schema.isObject()) {
      return "must be a JSON Schema: an object";
    }
    String elsewhere = referenceElsewhere(schema);
    if (elsewhere != null) {
      return "refers to \"" + elsewhere + "\": only references within the schema (#…) are possible";
    }
    List<Error> errors = OF_SCHEMAS.validate(schema);
    if (!errors.isEmpty()) {
      return "is not a valid JSON Schema: " + violation(errors.get(0));
    }
    try {
      // A reference to nothing and a pattern that is none are found when the schema is used.
      REGISTRY.getSchema(schema).initializeValidators();
      return null;
    } catch (RuntimeException e) {
      return "is not a JSON Schema that can be used: " + e.getMessage();
    }
  }

  /**
   * What is wrong with a value, one sentence each; empty when it is as the schema says.
   *
   * @throws EvaluationException when a pattern would take too much work
   */
  public List<String> violations(RawJson value, String place) throws EvaluationException {
    return check(value, place).stream().map(Violation::toString).toList();
  }

  /**
   * What is wrong with a part of a value.
   *
   * @param at the part, as a JSON pointer; empty for the whole value
   */
  public record Violation(String at, String message) {

    @Override
    public String toString() {
      return at.isEmpty() ? message : at + ": " + message;
    }
  }

  /**
   * What is wrong with the parts of a value; empty when it is as the schema says.
   *
   * @throws EvaluationException when a pattern would take too much work
   */
  public List<Violation> check(RawJson value, String place) throws EvaluationException {
    try {
      return schema.validate(Json.MAPPER.readTree(value.bytes())).stream()
          .limit(MAX_VIOLATIONS)
          .map(JsonSchema::violation)
          .toList();
    } catch (OverBudgetException e) {
      throw new EvaluationException(place, String.valueOf(e.getMessage()));
    }
  }

  private static Violation violation(Error error) {
    return new Violation(String.valueOf(error.getInstanceLocation()), error.getMessage());
  }

  private static RegularExpression pattern(String regex) {
    Regex compiled;
    try {
      compiled = Regex.compile(new Budget(), regex);
    } catch (NoValueException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    return text -> compiled.isIn(new Budget(), text);
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

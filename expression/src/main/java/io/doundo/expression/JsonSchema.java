package io.doundo.expression;

import com.networknt.schema.Error;
import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.ValidationLimitExceededException;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.regex.RegularExpression;
import io.doundo.expression.value.Budget;
import io.doundo.expression.value.NoValueException;
import io.doundo.expression.value.OverBudgetException;
import io.doundo.expression.value.Regex;
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

  /** How deep schemas may ask one another; a value has at most 100 levels. */
  private static final int MAX_DEPTH = 1_000;

  /** How many keywords may be checked; the largest payload of numbers takes about two each. */
  private static final long MAX_STEPS = 2_000_000;

  private static final ExecutionConfig LIMITS =
      ExecutionConfig.builder()
          .locale(Locale.ROOT)
          .maxEvaluationDepth(MAX_DEPTH)
          .maxEvaluationSteps(MAX_STEPS)
          .build();

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
    } catch (RuntimeException e) {
      return "is not a JSON Schema that can be used: " + e.getMessage();
    }
    return SchemaCycle.isIn(schema)
        ? "is not a JSON Schema that can be used: it asks for itself about the same value, without"
            + " end"
        : null;
  }

  /**
   * What is wrong with a value, one sentence each; empty when it is as the schema says.
   *
   * @throws EvaluationException when the check would take too much work, or the value cannot be
   *     read
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
   * @throws EvaluationException when the check would take too much work, or the value cannot be
   *     read
   */
  public List<Violation> check(RawJson value, String place) throws EvaluationException {
    JsonNode json = ComputedJson.tree(value, place);
    try {
      return schema
          .validate(json, (execution, context) -> execution.setExecutionConfig(LIMITS))
          .stream()
          .limit(MAX_VIOLATIONS)
          .map(JsonSchema::violation)
          .toList();
    } catch (OverBudgetException e) {
      throw new EvaluationException(place, String.valueOf(e.getMessage()));
    } catch (ValidationLimitExceededException | StackOverflowError e) {
      throw new EvaluationException(
          place, "the check with its schema takes too much work, or does not end");
    } catch (RuntimeException e) {
      // A reference that leads nowhere, for one, may be found only by the value that follows it.
      throw new EvaluationException(place, "its schema cannot be used: " + e);
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

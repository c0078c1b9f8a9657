package io.doundo.orchestrator.evaluation;

import io.doundo.expression.Bindings;
import io.doundo.expression.Condition;
import io.doundo.expression.EvaluationException;
import io.doundo.expression.ExpressionCompiler;
import io.doundo.expression.JsonSchema;
import io.doundo.expression.Reads;
import io.doundo.expression.Template;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One rule of a step with {@code validate}: a condition, or a schema of a value. Immutable. */
final class Rule {

  private final String place;
  private final @Nullable String condition;
  private final @Nullable Condition that;
  private final @Nullable Template message;
  private final @Nullable JsonSchema schema;
  private final @Nullable Template of;

  private Rule(ExpressionCompiler compiler, String place, JsonNode rule) {
    this.place = place;
    JsonNode source = rule.get("that");
    this.condition = source == null ? null : source.stringValue();
    this.that =
        source == null
            ? null
            : compiler.condition(place + ".that", source.stringValue()).orElseThrow();
    this.message = template(compiler, place + ".message", rule.get("message"));
    JsonNode form = rule.get("schema");
    this.schema = form == null ? null : JsonSchema.of(form);
    this.of = template(compiler, place + ".of", rule.get("of"));
  }

  static List<Rule> all(ExpressionCompiler compiler, String rules) {
    List<Rule> all = new ArrayList<>();
    for (JsonNode rule : Json.MAPPER.readTree(rules)) {
      all.add(new Rule(compiler, "validate[" + all.size() + "]", rule));
    }
    return List.copyOf(all);
  }

  private static @Nullable Template template(
      ExpressionCompiler compiler, String place, @Nullable JsonNode value) {
    return value == null ? null : compiler.template(place, value).orElseThrow();
  }

  Reads reads() {
    Reads reads = that != null ? that.reads() : Reads.NONE;
    reads = message != null ? reads.and(message.reads()) : reads;
    return of != null ? reads.and(of.reads()) : reads;
  }

  /** Why the rule does not hold; empty when it holds. */
  List<String> broken(Bindings bindings) {
    try {
      if (that != null) {
        return that.evaluate(bindings)
            ? List.of()
            : List.of(told(bindings, condition + " is false"));
      }
      return ofSchema(bindings);
    } catch (EvaluationException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
  }

  private List<String> ofSchema(Bindings bindings) throws EvaluationException {
    if (schema == null || of == null) {
      throw new IllegalStateException(place + " has neither a condition nor a schema");
    }
    List<String> violations = schema.violations(of.evaluate(bindings), place + ".of");
    if (violations.isEmpty() || message == null) {
      return violations;
    }
    return List.of(told(bindings, "") + " (" + String.join("; ", violations) + ")");
  }

  private String told(Bindings bindings, String otherwise) throws EvaluationException {
    if (message == null) {
      return otherwise;
    }
    RawJson text = message.evaluate(bindings);
    return text.isString() ? Json.text(text) : text.toString();
  }
}

package io.doundo.orchestrator.definition.compiler.framework;

import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a validation. A field that is missing breaks only the rule that it is required. */
final class ValidationWriter {

  private enum Rule {
    required,
    type,
    range,
    pattern,
    custom
  }

  /** What the types are called in expressions. */
  private static final Map<String, String> TYPES =
      Map.of(
          "string", "type(%1$s) == string",
          "number", "(type(%1$s) == int || type(%1$s) == double)",
          "integer", "type(%1$s) == int",
          "boolean", "type(%1$s) == bool",
          "array", "type(%1$s) == list",
          "object", "type(%1$s) == map");

  private final Node config;
  private final Variables variables;

  ValidationWriter(Node config, Variables variables) {
    this.config = config;
    this.variables = variables;
  }

  void write(Tree step, Located at) {
    boolean onlyFirst = config.flag("failOnFirstError", false);
    List<Located> rules = new ArrayList<>();
    String before = null;
    for (Node rule : config.nodes("rules")) {
      String that = that(rule);
      if (that != null) {
        // Once a rule is broken, the others hold. Each names those before it, so there is a limit.
        String shown =
            before == null || !onlyFirst ? that : "(!(%s) || %s)".formatted(before, that);
        if (!rule.isShort(
            "field",
            shown,
            "divide the rules among several steps, or leave out failOnFirstError")) {
          break;
        }
        if (onlyFirst) {
          if (!config.notes().mayRepeat(shown.length())) {
            config.problem(
                "failOnFirstError",
                "repeats the rules before each rule, and in all steps together that is"
                    + " longer than a document may be: leave it out where it can be left out");
            break;
          }
          before = before == null ? that : before + " && " + that;
        }
        rules.add(
            new Tree(rule.mapping())
                .text("that", at(rule, "config"), shown)
                .put("message", message(rule))
                .build());
      }
    }
    if (!config.has("rules")) {
      config.problem("rules", "is missing");
    }
    step.put("validate", Tree.list(at, rules));
  }

  private static Located at(Node node, String field) {
    Located value = node.value(field);
    return value == null ? node.mapping() : value;
  }

  private Located message(Node rule) {
    Scalar message = rule.scalar("errorMessage");
    return message == null
        ? Tree.text(
            rule.mapping(),
            "%s breaks the rule %s".formatted(rule.text("field"), rule.text("type")))
        : Tree.text(message, variables.text(message, rule.path("errorMessage"), rule.notes()));
  }

  private @Nullable String that(Node rule) {
    String field = rule.required("field");
    Rule type = rule.word("type", Rule.class);
    String value = field == null ? null : variables.lenient(field);
    if (field != null && value == null) {
      rule.problem("field", "must be the name of a variable or a path, but is \"" + field + '"');
    }
    if (value == null || type == null) {
      return null;
    }
    Node of = rule.object("config");
    String checked =
        switch (type) {
          case required -> "(%1$s != null && %1$s != \"\")".formatted(value);
          case type -> type(of, value);
          case range -> range(of, value);
          case pattern -> pattern(of, value);
          case custom -> {
            rule.problem(
                "type", "custom code is not supported; write the rule with the other types");
            yield null;
          }
        };
    return checked == null || type == Rule.required
        ? checked
        : "(%s == null || %s)".formatted(value, checked);
  }

  private static @Nullable String type(Node config, String value) {
    String word = config.required("type");
    String check = word == null ? null : TYPES.get(word);
    if (word != null && check == null) {
      config.problem(
          "type",
          "must be one of %s but is \"%s\""
              .formatted(TYPES.keySet().stream().sorted().toList(), word));
    }
    return check == null ? null : check.formatted(value);
  }

  private @Nullable String range(Node config, String value) {
    List<String> bounds = new ArrayList<>();
    for (Map.Entry<String, String> bound : Map.of("min", ">=", "max", "<=").entrySet()) {
      Scalar limit = config.scalar(bound.getKey());
      if (limit != null) {
        bounds.add(
            "%s %s %s"
                .formatted(
                    value,
                    bound.getValue(),
                    Conditions.literal(
                        limit, config.path(bound.getKey()), variables, config.notes())));
      }
    }
    if (bounds.isEmpty()) {
      config.problem("min", "is missing, and so is max");
      return null;
    }
    bounds.sort(null);
    return '(' + String.join(" && ", bounds) + ')';
  }

  private static @Nullable String pattern(Node config, String value) {
    String pattern = config.required("pattern");
    return pattern == null
        ? null
        : "string(%s).matches(%s)".formatted(value, Conditions.quoted(pattern));
  }
}

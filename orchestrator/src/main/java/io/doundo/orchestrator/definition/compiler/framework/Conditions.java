package io.doundo.orchestrator.definition.compiler.framework;

import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Field;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import io.doundo.orchestrator.definition.compiler.document.Located.Sequence;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The framework's conditions as one expression, joined from left to right as they are written. A
 * variable that is missing is null there: equal to nothing, and not greater, not less.
 */
final class Conditions {

  private static final Set<String> FIELDS = Set.of("field", "operator", "value", "logic");

  private static final Pattern NUMBER =
      Pattern.compile("-?(?:0|[1-9][0-9]{0,17})(?:\\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,3})?");

  private enum Logic {
    AND,
    OR
  }

  private enum Operator {
    eq,
    ne,
    gt,
    lt,
    gte,
    lte,
    in,
    not_in,
    contains,
    not_contains,
    regex
  }

  private Conditions() {}

  /** The expression; null when there is no condition, or when one is wrong, which is noted. */
  static @Nullable String of(List<Node> conditions, Variables variables) {
    String all = null;
    Node before = null;
    boolean isWhole = true;
    for (Node condition : conditions) {
      String one = one(condition, variables);
      isWhole &= one != null;
      all = all == null ? one : "(%s %s %s)".formatted(all, joint(before, condition), one);
      before = condition;
      if (all != null
          && !condition.isShort("field", all, "divide the conditions among several steps")) {
        return null;
      }
    }
    return isWhole ? all : null;
  }

  /** A condition is joined to those before it; said of the one before, it means the same. */
  private static String joint(@Nullable Node before, Node condition) {
    Node said = condition.has("logic") || before == null ? condition : before;
    Logic logic = said.has("logic") ? said.word("logic", Logic.class) : Logic.AND;
    return logic == Logic.OR ? "||" : "&&";
  }

  /** The expression of a single condition; null when it is wrong, which is noted. */
  static @Nullable String one(Node condition, Variables variables) {
    condition.warnOfOthers(FIELDS);
    String field = condition.required("field");
    Operator operator = condition.word("operator", Operator.class);
    String left = field == null ? null : variables.lenient(field);
    if (field != null && left == null) {
      condition.problem(
          "field", "must be the name of a variable or a path, but is \"" + field + '"');
    }
    return left == null || operator == null ? null : compare(condition, left, operator, variables);
  }

  private static @Nullable String compare(
      Node condition, String left, Operator operator, Variables variables) {
    // A null is a value here.
    Field given = condition.mapping().fields().get("value");
    Located value = given == null ? null : given.value();
    if (value == null) {
      condition.problem("value", "is missing");
      return null;
    }
    String right = literal(value, condition.path("value"), variables, condition.notes());
    return switch (operator) {
      case eq -> "(%s == %s)".formatted(left, right);
      case ne -> "(%s != %s)".formatted(left, right);
      case gt -> ordered(left, ">", right);
      case lt -> ordered(left, "<", right);
      case gte -> ordered(left, ">=", right);
      case lte -> ordered(left, "<=", right);
      case in -> within(condition, left, value, right);
      case not_in -> negated(within(condition, left, value, right));
      case contains -> containing(left, right);
      case not_contains -> negated(containing(left, right));
      case regex -> "(%1$s != null && string(%1$s).matches(%2$s))".formatted(left, right);
    };
  }

  private static String ordered(String left, String sign, String right) {
    return "(%1$s != null && %1$s %2$s %3$s)".formatted(left, sign, right);
  }

  private static @Nullable String within(Node condition, String left, Located value, String right) {
    boolean isText = value instanceof Scalar scalar && !scalar.text().contains("{{");
    if (isText || value instanceof Mapping) {
      condition.problem("value", "must be a list but is " + value.kind());
      return null;
    }
    return "(%s in %s)".formatted(left, right);
  }

  private static String containing(String left, String right) {
    return "(%1$s != null && (type(%1$s) == list ? %2$s in %1$s : string(%1$s).contains(string(%2$s))))"
        .formatted(left, right);
  }

  private static @Nullable String negated(@Nullable String expression) {
    return expression == null ? null : "!" + expression;
  }

  /** A value of the document as it stands in an expression; a text around a variable is noted. */
  static String literal(Located value, String path, Variables variables, Notes notes) {
    if (value instanceof Sequence list) {
      return list.elements().stream()
          .map(element -> literal(element, path, variables, notes))
          .collect(Collectors.joining(", ", "[", "]"));
    }
    if (value instanceof Mapping mapping) {
      return mapping.fields().entrySet().stream()
          .map(
              entry ->
                  quoted(entry.getKey())
                      + ": "
                      + literal(entry.getValue().value(), path, variables, notes))
          .collect(Collectors.joining(", ", "{ ", " }"));
    }
    Scalar scalar = (Scalar) value;
    if (scalar.isNull()) {
      return "null";
    }
    String text = scalar.text();
    boolean isBare =
        scalar.plain()
            && (text.equals("true") || text.equals("false") || NUMBER.matcher(text).matches());
    if (isBare) {
      return text;
    }
    String variable = variables.only(text);
    if (variable == null && text.contains("{{")) {
      notes.problem(
          scalar,
          path,
          "must be one variable in {{ and }} with nothing around it, or a text without them, but"
              + " is \""
              + text
              + '"');
    }
    return variable == null ? quoted(text) : variable;
  }

  /** A text as it stands in an expression. */
  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.chars()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
              } else if (c < 0x20 || c == 0x7f || c == '{' || c == '}') {
                // Braces too: two of them would end the expression.
                quoted.append("\\u%04x".formatted(c));
              } else {
                quoted.append((char) c);
              }
            });
    return quoted.append('"').toString();
  }
}

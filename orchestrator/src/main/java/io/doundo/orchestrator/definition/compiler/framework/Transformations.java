package io.doundo.orchestrator.definition.compiler.framework;

import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Field;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a data transformation as one expression. Each takes the value of the one before; a
 * list is transformed item by item.
 */
final class Transformations {

  private static final Set<String> FIELDS = Set.of("type", "config");

  private enum Kind {
    MAP,
    FILTER,
    RENAME,
    CALCULATE,
    FORMAT,
    MERGE,
    SPLIT
  }

  private enum Operation {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    SUM,
    AVERAGE,
    MIN,
    MAX,
    COUNT
  }

  private enum Form {
    UPPERCASE,
    LOWERCASE,
    TRIM,
    DATE,
    FIXED,
    TEXT
  }

  /** The names of an item, of the value, and of the items made, inside the expression only. */
  private static final String ITEM = "one";

  private static final String VALUE = "all";
  private static final String MADE = "made";

  private final Variables variables;

  private Transformations(Variables variables) {
    this.variables = variables;
  }

  /**
   * The expression.
   *
   * @param value the expression of what is transformed
   * @return null when a transformation is wrong, which is noted
   */
  static @Nullable String of(String value, List<Node> transformations, Variables variables) {
    Transformations made = new Transformations(variables);
    String expression = value;
    for (Node transformation : transformations) {
      transformation.warnOfOthers(FIELDS);
      Kind kind = transformation.word("type", Kind.class);
      String next =
          kind == null ? null : made.apply(kind, transformation.object("config"), expression);
      if (next == null
          || !transformation.isShort(
              "type", next, "divide the transformations among several steps")) {
        return null;
      }
      expression = next;
    }
    return expression;
  }

  private @Nullable String apply(Kind kind, Node config, String value) {
    return switch (kind) {
      case MAP -> map(config, value);
      case FILTER -> filter(config, value);
      case RENAME -> rename(config, value);
      case CALCULATE -> calculate(config, value);
      case FORMAT -> format(config, value);
      case MERGE -> merge(config, value);
      case SPLIT -> split(config, value);
    };
  }

  /**
   * What is done with a single value is done with each item of a list; a single value is a list of
   * one meanwhile. The value and what is done stand in it once, so a chain of transformations is as
   * long as all of them together.
   */
  private static String each(String value, String ofItem) {
    return bound(
        value,
        VALUE,
        bound(
            "(type(%1$s) == list ? dyn(%1$s) : dyn([%1$s])).map(%2$s, %3$s)"
                .formatted(VALUE, ITEM, ofItem),
            MADE,
            "(type(%1$s) == list ? dyn(%2$s) : dyn(%2$s[0]))".formatted(VALUE, MADE)));
  }

  /** An expression in which a value has a name. */
  private static String bound(String value, String name, String expression) {
    return "[dyn(%s)].map(%s, %s)[0]".formatted(value, name, expression);
  }

  /** The fields of an item, of which {@code fields} names the new ones and where they come from. */
  private @Nullable String map(Node config, String value) {
    Map<String, String> fields = texts(config, "fields");
    if (fields == null) {
      return null;
    }
    String ofItem = picked(config, fields);
    return ofItem == null ? null : each(value, ofItem);
  }

  private @Nullable String picked(Node config, Map<String, String> fields) {
    Map<String, String> parts = new LinkedHashMap<>();
    for (Map.Entry<String, String> field : fields.entrySet()) {
      String part = part(config, "fields", field.getValue());
      if (part == null) {
        return null;
      }
      parts.put(field.getKey(), part);
    }
    return parts.entrySet().stream()
        .map(part -> Conditions.quoted(part.getKey()) + ": " + part.getValue())
        .collect(Collectors.joining(", ", "{ ", " }"));
  }

  /** A path below an item. */
  private @Nullable String part(Node config, String name, String path) {
    String expression = new Variables(Map.of(), Set.of(ITEM)).strict(ITEM + '.' + path);
    if (expression == null) {
      config.problem(name, "must name fields by their paths, but has \"" + path + '"');
    }
    return expression;
  }

  private @Nullable String filter(Node config, String value) {
    List<Node> conditions = config.has("conditions") ? config.nodes("conditions") : List.of(config);
    List<Node> rooted = conditions.stream().map(Transformations::rooted).toList();
    String condition = Conditions.of(rooted, variables.with(ITEM));
    return condition == null ? null : "%s.filter(%s, %s)".formatted(value, ITEM, condition);
  }

  /** A condition about a field of the item. */
  private static Node rooted(Node condition) {
    Scalar field = condition.scalar("field");
    if (field == null) {
      return condition;
    }
    Map<String, Field> fields = new LinkedHashMap<>(condition.mapping().fields());
    Scalar path = Tree.text(field, ITEM + '.' + field.text());
    fields.put("field", new Field(field.line(), field.column(), path));
    return new Node(
        new Located.Mapping(condition.mapping().line(), condition.mapping().column(), fields),
        condition.path(),
        condition.notes());
  }

  private @Nullable String rename(Node config, String value) {
    Map<String, String> fields = texts(config, "fields");
    if (fields == null) {
      return null;
    }
    String names =
        fields.entrySet().stream()
            .map(
                field ->
                    Conditions.quoted(field.getKey()) + ": " + Conditions.quoted(field.getValue()))
            .collect(Collectors.joining(", ", "{ ", " }"));
    return each(value, "rename(%s, %s)".formatted(ITEM, names));
  }

  /** Joins {@code fields} of the value by an operation, or adds up a {@code field} of its items. */
  private @Nullable String calculate(Node config, String value) {
    Operation operation = config.word("operation", Operation.class);
    if (operation == null) {
      return null;
    }
    return switch (operation) {
      case ADD -> joined(config, value, " + ");
      case SUBTRACT -> joined(config, value, " - ");
      case MULTIPLY -> joined(config, value, " * ");
      case DIVIDE -> joined(config, value, " / ");
      case COUNT -> kept(config, "size(" + value + ")");
      case SUM -> ofItems(config, value, "sum");
      case AVERAGE -> ofItems(config, value, "avg");
      case MIN -> ofItems(config, value, "least");
      case MAX -> ofItems(config, value, "greatest");
    };
  }

  private @Nullable String joined(Node config, String value, String sign) {
    List<Scalar> fields = config.texts("fields");
    if (fields.isEmpty()) {
      config.problem("fields", "must name the fields that are joined");
      return null;
    }
    String target = config.required("target");
    if (target == null) {
      return null;
    }
    String ofItem = operands(config, fields, sign);
    return ofItem == null ? null : each(value, with(ITEM, target, ofItem));
  }

  private @Nullable String operands(Node config, List<Scalar> fields, String sign) {
    StringBuilder all = new StringBuilder();
    for (Scalar field : fields) {
      boolean isNumber = field.text().matches("-?\\d+(\\.\\d+)?");
      String operand = isNumber ? field.text() : part(config, "fields", field.text());
      if (operand == null) {
        return null;
      }
      all.append(all.isEmpty() ? "" : sign).append(operand);
    }
    return all.toString();
  }

  private @Nullable String ofItems(Node config, String value, String function) {
    String field = config.text("field");
    String item = field == null ? ITEM : part(config, "field", field);
    return item == null
        ? null
        : kept(config, "%s.map(%s, %s).%s()".formatted(value, ITEM, item, function));
  }

  /** The number alone, or under a name. */
  private static @Nullable String kept(Node config, String number) {
    String target = config.text("target");
    return target == null ? number : "{ " + Conditions.quoted(target) + ": " + number + " }";
  }

  private static String with(String value, String field, String part) {
    return "merge(%s, { %s: %s })".formatted(value, Conditions.quoted(field), part);
  }

  /** The form of a field, or of the value itself. */
  private @Nullable String format(Node config, String value) {
    Form form = config.word("format", Form.class);
    String field = config.text("field");
    if (form == null) {
      return null;
    }
    if (field == null) {
      String ofItem = formatted(config, form, ITEM);
      return ofItem == null ? null : each(value, ofItem);
    }
    if (!field.matches("[\\w-]+")) {
      config.problem("field", "must be the name of a field, but is \"" + field + '"');
      return null;
    }
    String item = part(config, "field", field);
    String ofItem = item == null ? null : formatted(config, form, item);
    return ofItem == null ? null : each(value, with(ITEM, field, ofItem));
  }

  private static @Nullable String formatted(Node config, Form form, String value) {
    return switch (form) {
      case UPPERCASE -> "string(" + value + ").upperAscii()";
      case LOWERCASE -> "string(" + value + ").lowerAscii()";
      case TRIM -> "string(" + value + ").trim()";
      case TEXT -> "string(" + value + ')';
      case FIXED -> {
        Long digits = config.number("digits");
        yield "fixed(%s, %d)".formatted(value, digits == null ? 2 : digits);
      }
      case DATE -> {
        String pattern = config.required("pattern");
        String zone = config.text("zone");
        yield pattern == null
            ? null
            : "date(%s, %s, %s)"
                .formatted(
                    value,
                    Conditions.quoted(pattern),
                    Conditions.quoted(zone == null ? "UTC" : zone));
      }
    };
  }

  /** The fields of further variables over those of the value. */
  private @Nullable String merge(Node config, String value) {
    List<Scalar> sources = config.texts("sources");
    if (sources.isEmpty()) {
      config.problem("sources", "must name the variables that are merged");
      return null;
    }
    String merged = value;
    for (Scalar source : sources) {
      String variable = variables.strict(source.text());
      if (variable == null) {
        config.problem("sources", "must name variables, but has \"" + source.text() + '"');
        return null;
      }
      merged = "merge(%s, %s)".formatted(merged, variable);
      if (!config.isShort("sources", merged, "divide them among several steps")) {
        return null;
      }
    }
    return merged;
  }

  private @Nullable String split(Node config, String value) {
    String separator = config.required("separator");
    String field = config.text("field");
    if (separator == null) {
      return null;
    }
    String text = Conditions.quoted(separator);
    if (field == null) {
      return "string(%s).split(%s)".formatted(value, text);
    }
    String part = part(config, "field", field);
    return part == null
        ? null
        : bound(value, ITEM, with(ITEM, field, "string(%s).split(%s)".formatted(part, text)));
  }

  /** The texts of an object; null when it is missing or holds anything else, which is noted. */
  private static @Nullable Map<String, String> texts(Node config, String name) {
    if (!config.has(name)) {
      config.problem(name, "is missing");
      return null;
    }
    Node object = config.object(name);
    Map<String, String> texts = new LinkedHashMap<>();
    for (Map.Entry<String, Field> field : object.mapping().fields().entrySet()) {
      if (!(field.getValue().value() instanceof Scalar scalar)) {
        object.problem(field.getKey(), "must be a text but is " + field.getValue().value().kind());
        return null;
      }
      texts.put(field.getKey(), scalar.text());
    }
    return texts;
  }
}

package io.doundo.orchestrator.definition.compiler.framework;

import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import io.doundo.orchestrator.definition.compiler.document.Located.Sequence;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the framework's variables are here. Its context is the input of the execution merged with
 * the outputs of the steps so far, which is our {@code input}.
 *
 * @param steps the names of our steps by the ids of theirs
 * @param items the variables of the lists around, which have names of their own
 */
record Variables(Map<String, String> steps, Set<String> items) {

  private static final String OPEN = "{{";
  private static final String CLOSE = "}}";
  private static final Pattern PATH =
      Pattern.compile("\\s*(?:\\$\\.)?([A-Za-z_$][\\w-]*)((?:\\.[\\w-]+|\\[\\d{1,9}])*+)\\s*");
  private static final Pattern PART = Pattern.compile("\\.([\\w-]+)|\\[(\\d+)]");
  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_]\\w*");

  /** Words of CEL that name no field behind a dot. */
  private static final Set<String> RESERVED =
      Set.of(
          "as",
          "break",
          "const",
          "continue",
          "else",
          "false",
          "for",
          "function",
          "if",
          "import",
          "in",
          "let",
          "loop",
          "namespace",
          "null",
          "package",
          "return",
          "true",
          "var",
          "void",
          "while");

  private static final Set<String> CONTEXT = Set.of("input", "context", "variables");
  private static final Set<String> OUTPUT = Set.of("output", "result");

  /** The same within the body of a list. */
  Variables with(String item) {
    Set<String> more = new HashSet<>(items);
    more.add(item);
    return new Variables(steps, more);
  }

  static boolean isIdentifier(String name) {
    return IDENTIFIER.matcher(name).matches() && !RESERVED.contains(name);
  }

  /** An expression that fails when the variable is missing; null when the text is no path. */
  @Nullable String strict(String path) {
    return expression(path, false);
  }

  /** An expression that is null when the variable is missing; null when the text is no path. */
  @Nullable String lenient(String path) {
    String expression = expression(path, true);
    return expression == null || !expression.contains("?")
        ? expression
        : expression + ".orValue(null)";
  }

  private @Nullable String expression(String path, boolean isLenient) {
    Matcher matcher = PATH.matcher(path);
    if (!matcher.matches()) {
      return null;
    }
    List<String> parts = new ArrayList<>();
    String root = matcher.group(1);
    Matcher part = PART.matcher(matcher.group(2));
    while (part.find()) {
      String index = part.group(2);
      String name = part.group(1);
      parts.add(index != null ? index : name.matches("\\d{1,9}") ? name : '"' + name + '"');
    }
    String second = parts.isEmpty() ? "" : parts.get(0).replace("\"", "");
    StringBuilder expression = new StringBuilder();
    if (items.contains(root)) {
      expression.append(root);
    } else if (steps.containsKey(root) && OUTPUT.contains(second)) {
      expression.append("steps.`").append(steps.get(root)).append('`');
      select(expression, "\"result\"", isLenient);
      parts.remove(0);
    } else if (CONTEXT.contains(root) && !parts.isEmpty()) {
      expression.append("input");
    } else {
      expression.append("input");
      select(expression, '"' + root + '"', isLenient);
    }
    parts.forEach(name -> select(expression, name, isLenient));
    return expression.toString();
  }

  /**
   * @param part a number, or a name in quotes
   */
  private static void select(StringBuilder expression, String part, boolean isLenient) {
    String name = part.replace("\"", "");
    if (part.startsWith("\"") && isIdentifier(name)) {
      expression.append(isLenient ? ".?" : ".").append(name);
    } else {
      expression.append(isLenient ? "[?" : "[").append(part).append(']');
    }
  }

  /** The expression of a text that is nothing but one variable in braces; null for others. */
  @Nullable String only(String text) {
    String stripped = text.strip();
    boolean isInBraces =
        stripped.startsWith(OPEN)
            && stripped.endsWith(CLOSE)
            && stripped.length() >= OPEN.length() + CLOSE.length();
    return isInBraces
        ? strict(stripped.substring(OPEN.length(), stripped.length() - CLOSE.length()))
        : null;
  }

  /** A value with its variables as expressions, at every depth. */
  Located template(Located value, String path, Notes notes) {
    if (value instanceof Mapping mapping) {
      Tree tree = new Tree(mapping);
      mapping
          .fields()
          .forEach(
              (name, field) -> tree.put(name, template(field.value(), path + '.' + name, notes)));
      return tree.build();
    }
    if (value instanceof Sequence list) {
      List<Located> elements = new ArrayList<>();
      for (int i = 0; i < list.elements().size(); i++) {
        elements.add(template(list.elements().get(i), path + '[' + i + ']', notes));
      }
      return Tree.list(list, elements);
    }
    Scalar scalar = (Scalar) value;
    return new Scalar(scalar.line(), scalar.column(), text(scalar, path, notes), scalar.plain());
  }

  /** A text with its variables as expressions; what stands in braces and is no path is noted. */
  String text(Scalar scalar, String path, Notes notes) {
    return text(scalar, path, notes, UnaryOperator.identity());
  }

  /**
   * The same.
   *
   * @param literal what is made of the text around the variables
   */
  String text(Scalar scalar, String path, Notes notes, UnaryOperator<String> literal) {
    String given = scalar.text();
    StringBuilder text = new StringBuilder();
    int at = 0;
    int open = given.indexOf(OPEN);
    int close = open < 0 ? -1 : given.indexOf(CLOSE, open + OPEN.length());
    while (close >= 0) {
      String inner = given.substring(open + OPEN.length(), close);
      String expression = strict(inner);
      if (expression == null) {
        notes.problem(
            scalar,
            path,
            "between {{ and }} must be the name of a variable or a path, but is \""
                + inner.strip()
                + '"');
      }
      text.append(literal.apply(given.substring(at, open)))
          .append("{{ ")
          .append(expression)
          .append(" }}");
      at = close + CLOSE.length();
      open = given.indexOf(OPEN, at);
      close = open < 0 ? -1 : given.indexOf(CLOSE, open + OPEN.length());
    }
    return text.append(literal.apply(given.substring(at))).toString();
  }
}

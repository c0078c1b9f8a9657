package io.doundo.orchestrator.definition.compiler.framework;

import io.doundo.expression.ExpressionCompiler;
import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Field;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import io.doundo.orchestrator.definition.compiler.document.Located.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of the framework's document with its path. A field that is absent, empty or wrong reads
 * as null; what is wrong is noted.
 */
record Node(Mapping mapping, String path, Notes notes) {

  @Nullable Located value(String name) {
    Field field = mapping.fields().get(name);
    return field == null || field.value().isNull() ? null : field.value();
  }

  boolean has(String name) {
    return value(name) != null;
  }

  String path(String name) {
    return path.isEmpty() ? name : path + '.' + name;
  }

  void problem(String name, String message) {
    Located value = value(name);
    notes.problem(value == null ? mapping : value, path(name), message);
  }

  void warn(String name, String message) {
    Located value = value(name);
    notes.warn(value == null ? mapping : value, path(name), message);
  }

  /** Warns of fields that have no meaning here. */
  void warnOfOthers(Set<String> known) {
    mapping
        .fields()
        .forEach(
            (name, field) -> {
              if (!known.contains(name) && !field.value().isNull()) {
                notes.warn(field.value(), path(name), "unknown field, ignored");
              }
            });
  }

  /**
   * Whether an expression is within the limit; if not, that is noted. Asked of each intermediate
   * text, so that no document makes texts that are many times as long as it is.
   *
   * @param remedy what makes it shorter
   */
  boolean isShort(String name, String expression, String remedy) {
    if (expression.codePointCount(0, expression.length()) <= ExpressionCompiler.MAX_LENGTH) {
      return true;
    }
    problem(
        name,
        "makes an expression of more than %,d characters: %s"
            .formatted(ExpressionCompiler.MAX_LENGTH, remedy));
    return false;
  }

  @Nullable Scalar scalar(String name) {
    Located value = value(name);
    if (value == null || value instanceof Scalar) {
      return (Scalar) value;
    }
    problem(name, "must be a single value but is " + value.kind());
    return null;
  }

  @Nullable String text(String name) {
    Scalar scalar = scalar(name);
    return scalar == null ? null : scalar.text();
  }

  /** A text that must be there; its absence is noted. */
  @Nullable String required(String name) {
    if (!has(name)) {
      problem(name, "is missing");
      return null;
    }
    return text(name);
  }

  /** A whole number that is not negative. */
  @Nullable Long number(String name) {
    String text = text(name);
    if (text == null) {
      return null;
    }
    if (!text.matches("\\d{1,15}")) {
      problem(name, "must be a whole number, not negative, but is \"" + text + '"');
      return null;
    }
    return Long.valueOf(text);
  }

  boolean flag(String name, boolean standard) {
    String text = text(name);
    if (text == null) {
      return standard;
    }
    if (!text.equals("true") && !text.equals("false")) {
      problem(name, "must be true or false but is \"" + text + '"');
    }
    return text.equals("true");
  }

  <E extends Enum<E>> @Nullable E word(String name, Class<E> type) {
    String text = required(name);
    if (text == null) {
      return null;
    }
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(text)) {
        return constant;
      }
    }
    problem(
        name,
        "must be one of %s but is \"%s\""
            .formatted(
                Arrays.stream(type.getEnumConstants())
                    .map(Enum::name)
                    .collect(Collectors.joining(", ")),
                text));
    return null;
  }

  /** A list; empty when it is absent. */
  List<Located> list(String name) {
    Located value = value(name);
    if (value instanceof Sequence list) {
      return list.elements();
    }
    if (value != null) {
      problem(name, "must be a list but is " + value.kind());
    }
    return List.of();
  }

  /** The elements of a list of objects; others are noted. */
  List<Node> nodes(String name) {
    List<Node> nodes = new ArrayList<>();
    List<Located> elements = list(name);
    for (int i = 0; i < elements.size(); i++) {
      String place = path(name) + '[' + i + ']';
      if (elements.get(i) instanceof Mapping element) {
        nodes.add(new Node(element, place, notes));
      } else {
        notes.problem(elements.get(i), place, "must be an object but is " + elements.get(i).kind());
      }
    }
    return nodes;
  }

  /** The elements of a list of single values; others are noted. */
  List<Scalar> texts(String name) {
    List<Scalar> texts = new ArrayList<>();
    List<Located> elements = list(name);
    for (int i = 0; i < elements.size(); i++) {
      if (elements.get(i) instanceof Scalar element && !element.isNull()) {
        texts.add(element);
      } else {
        notes.problem(
            elements.get(i),
            path(name) + '[' + i + ']',
            "must be a text but is " + elements.get(i).kind());
      }
    }
    return texts;
  }

  /** An object; one without fields when it is absent or wrong. */
  Node object(String name) {
    Located value = value(name);
    if (value instanceof Mapping object) {
      return new Node(object, path(name), notes);
    }
    if (value != null) {
      problem(name, "must be an object but is " + value.kind());
    }
    return new Node(new Mapping(mapping.line(), mapping.column(), Map.of()), path(name), notes);
  }
}

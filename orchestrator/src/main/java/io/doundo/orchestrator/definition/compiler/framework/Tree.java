package io.doundo.orchestrator.definition.compiler.framework;

import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Field;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import io.doundo.orchestrator.definition.compiler.document.Located.Sequence;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds a mapping of ours, every part of which stands where its original does. */
final class Tree {

  private final Located at;
  private final Map<String, Field> fields = new LinkedHashMap<>();

  /**
   * @param at the original of the mapping
   */
  Tree(Located at) {
    this.at = at;
  }

  /** A text, never read as a number. */
  static Scalar text(Located at, String text) {
    return new Scalar(at.line(), at.column(), text, false);
  }

  /** A number, a truth value, or a word. */
  static Scalar plain(Located at, String text) {
    return new Scalar(at.line(), at.column(), text, true);
  }

  static Sequence list(Located at, List<? extends Located> elements) {
    return new Sequence(at.line(), at.column(), List.copyOf(elements));
  }

  Tree put(String name, @Nullable Located value) {
    if (value != null) {
      fields.put(name, new Field(value.line(), value.column(), value));
    }
    return this;
  }

  Tree text(String name, Located original, String text) {
    return put(name, text(original, text));
  }

  Mapping build() {
    return new Mapping(at.line(), at.column(), new LinkedHashMap<>(fields));
  }
}

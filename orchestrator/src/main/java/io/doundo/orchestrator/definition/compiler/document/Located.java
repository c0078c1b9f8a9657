package io.doundo.orchestrator.definition.compiler.document;

import java.util.List;
import java.util.Map;

/**
 * A parsed document, YAML or JSON, whose parts know where they stand. Scalars stay text: what a
 * field means decides how it is read. Lines and columns count from 1.
 */
public sealed interface Located {

  int line();

  int column();

  /** The kind of value, for error messages. */
  String kind();

  default boolean isNull() {
    return false;
  }

  /** A mapping; its fields in the order of the document. */
  record Mapping(int line, int column, Map<String, Field> fields) implements Located {
    @Override
    public String kind() {
      return "an object";
    }
  }

  /** A field of a mapping; the place is that of its name. */
  record Field(int line, int column, Located value) {}

  /** A list. */
  record Sequence(int line, int column, List<Located> elements) implements Located {
    @Override
    public String kind() {
      return "a list";
    }
  }

  /**
   * A scalar.
   *
   * @param plain written without quotes, and so possibly a number, a boolean or null
   */
  record Scalar(int line, int column, String text, boolean plain) implements Located {
    @Override
    public boolean isNull() {
      return plain && (text.isEmpty() || text.equals("~") || text.equalsIgnoreCase("null"));
    }

    @Override
    public String kind() {
      return isNull() ? "empty" : '"' + shortened() + '"';
    }

    private String shortened() {
      return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
  }
}

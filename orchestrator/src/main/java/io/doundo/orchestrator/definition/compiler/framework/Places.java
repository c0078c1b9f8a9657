package io.doundo.orchestrator.definition.compiler.framework;

import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Sequence;
import java.util.HashMap;
import java.util.Map;

/**
 * The paths in a document of the framework by line and column. What is made of it stands at the
 * same places, so a problem found there can be told in the framework's own words.
 */
public final class Places {

  private final Map<Long, String> paths = new HashMap<>();
  private final Map<Integer, String> firsts = new HashMap<>();

  Places(Located document, String path) {
    add(document, path);
  }

  /**
   * The path of what stands at a place.
   *
   * @param column 0 when only the line is known
   * @param otherwise when nothing does
   */
  public String path(int line, int column, String otherwise) {
    String exact = paths.get(key(line, column));
    return exact != null || column > 0
        ? exact == null ? otherwise : exact
        : firsts.getOrDefault(line, otherwise);
  }

  private static long key(int line, int column) {
    return ((long) line << Integer.SIZE) | column;
  }

  private void put(int line, int column, String path) {
    paths.putIfAbsent(key(line, column), path);
    firsts.putIfAbsent(line, path);
  }

  private void add(Located value, String path) {
    put(value.line(), value.column(), path);
    if (value instanceof Mapping mapping) {
      mapping
          .fields()
          .forEach(
              (name, field) -> {
                String place = path.isEmpty() ? name : path + '.' + name;
                put(field.line(), field.column(), place);
                add(field.value(), place);
              });
    } else if (value instanceof Sequence list) {
      for (int i = 0; i < list.elements().size(); i++) {
        add(list.elements().get(i), path + '[' + i + ']');
      }
    }
  }
}

package io.doundo.orchestrator.definition.compiler.framework;

import io.doundo.orchestrator.definition.compiler.document.Located.Field;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.LocatedJson;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The document as it came, which is stored with the definition and shown again. */
final class Origin {

  /** What is not part of a definition's content. */
  private static final Set<String> OUTSIDE =
      Set.of("id", "version", "status", "createdAt", "updatedAt");

  private Origin() {}

  static String of(Mapping document) {
    Map<String, Field> fields = new LinkedHashMap<>(document.fields());
    fields.keySet().removeAll(OUTSIDE);
    return LocatedJson.of(new Mapping(document.line(), document.column(), fields), "").text();
  }
}

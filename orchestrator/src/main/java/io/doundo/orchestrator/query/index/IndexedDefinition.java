package io.doundo.orchestrator.query.index;

import io.doundo.orchestrator.definition.DefinitionId;
import org.jspecify.annotations.Nullable;

/**
 * What a flow runs on.
 *
 * @param id null while the flow has no definition
 */
public record IndexedDefinition(String orchestration, @Nullable DefinitionId id) {

  /**
   * Of all flows without a definition, whose orchestrations may have any name: the name of each
   * stands in its own row.
   */
  static final IndexedDefinition UNREGISTERED = new IndexedDefinition("unregistered", null);
}

package io.doundo.orchestrator.query.index;

import io.doundo.orchestrator.definition.DefinitionId;
import org.jspecify.annotations.Nullable;

/**
 * What a flow runs on.
 *
 * @param id null while the flow has no definition
 * @param path of the part in the definition whose steps the flow runs; null for all of it
 */
public record IndexedDefinition(
    String orchestration, @Nullable DefinitionId id, @Nullable String path) {

  /** The whole of a definition. */
  public IndexedDefinition(String orchestration, @Nullable DefinitionId id) {
    this(orchestration, id, null);
  }

  /**
   * Of all flows without a definition, whose orchestrations may have any name: the name of each
   * stands in its own row.
   */
  static final IndexedDefinition UNREGISTERED = new IndexedDefinition("unregistered", null);
}

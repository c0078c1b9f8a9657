package io.doundo.orchestrator.query.index;

import io.doundo.orchestrator.definition.DefinitionId;
import org.jspecify.annotations.Nullable;

/**
 * What a flow runs on.
 *
 * @param id null while the flow has no definition
 */
public record IndexedDefinition(String orchestration, @Nullable DefinitionId id) {}

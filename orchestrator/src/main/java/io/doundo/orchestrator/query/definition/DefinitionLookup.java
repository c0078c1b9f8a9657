package io.doundo.orchestrator.query.definition;

import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import java.util.Optional;

/** The parts of a definition that a view of a flow needs. */
public interface DefinitionLookup {

  Optional<Orchestration> find(DefinitionId id);

  /**
   * The version number of a flow's definition. Content that was registered again after other
   * content has several; it is the one that was the newest when the flow started.
   *
   * @param startedAt ms since the epoch
   */
  Optional<Integer> versionOf(DefinitionId id, long startedAt);
}

package io.doundo.orchestrator.query.definition;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The parts of a definition that a view of a flow needs. */
public interface DefinitionLookup {

  Optional<Orchestration> find(DefinitionId id);

  /**
   * A definition, or the steps of a part in it.
   *
   * @param path of the part; null for the whole definition
   */
  default Optional<Orchestration> find(DefinitionId id, @Nullable String path) {
    return find(id).map(whole -> path == null ? whole : whole.part(path));
  }

  /** The definition that a flow runs on; empty while it has none. */
  default Optional<Orchestration> of(FlowState flow) {
    DefinitionId id = flow.definition();
    PartOf partOf = flow.origin().partOf();
    return id == null ? Optional.empty() : find(id, partOf == null ? null : partOf.path());
  }

  /**
   * The version number of a flow's definition. Content that was registered again after other
   * content has several; it is the one that was the newest when the flow started.
   *
   * @param startedAt ms since the epoch
   */
  Optional<Integer> versionOf(DefinitionId id, long startedAt);
}

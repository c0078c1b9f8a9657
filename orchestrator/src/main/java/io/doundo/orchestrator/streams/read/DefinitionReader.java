package io.doundo.orchestrator.streams.read;

import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations;
import java.util.List;
import java.util.Optional;

/**
 * Reads what is registered, from this instance's copy of the definitions topic. Every method throws
 * a {@link FlowsUnavailableException} while that copy is not there yet. Safe for any thread.
 */
public interface DefinitionReader {

  /** The names of all orchestrations, sorted. */
  List<String> names();

  /** The versions of an orchestration; {@link DefinitionHistory#EMPTY} when it is unknown. */
  DefinitionHistory history(String name);

  Optional<Orchestration> definition(DefinitionId id);

  /** The workers of its steps; {@link WorkerDeclarations#EMPTY} when there is none. */
  WorkerDeclarations workers(String name);
}

package io.doundo.orchestrator.app;

import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations;
import io.doundo.orchestrator.streams.client.StreamsEngine;
import io.doundo.orchestrator.streams.read.DefinitionReader;
import io.doundo.orchestrator.streams.read.FlowReader;
import io.doundo.orchestrator.streams.read.FlowsUnavailableException;
import io.doundo.orchestrator.streams.state.StoredFlow;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The engine's reads, which are there before the engine is and say so until then. */
final class DeferredReads implements FlowReader, DefinitionReader {

  private final Supplier<Optional<StreamsEngine>> engine;

  DeferredReads(Supplier<Optional<StreamsEngine>> engine) {
    this.engine = engine;
  }

  @Override
  public Optional<StoredFlow> find(String flowId) {
    return started().flows().find(flowId);
  }

  @Override
  public FlowOwner ownerOf(String flowId) {
    return started().flows().ownerOf(flowId);
  }

  @Override
  public List<String> names() {
    return started().definitions().names();
  }

  @Override
  public DefinitionHistory history(String name) {
    return started().definitions().history(name);
  }

  @Override
  public Optional<Orchestration> definition(DefinitionId id) {
    return started().definitions().definition(id);
  }

  @Override
  public WorkerDeclarations workers(String name) {
    return started().definitions().workers(name);
  }

  private StreamsEngine started() {
    return engine
        .get()
        .orElseThrow(() -> new FlowsUnavailableException("The engine has not started yet."));
  }
}

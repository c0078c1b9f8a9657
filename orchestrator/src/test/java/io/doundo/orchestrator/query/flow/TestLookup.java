package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.query.definition.DefinitionLookup;
import java.util.Optional;
import java.util.stream.Stream;

/** Knows a few definitions, each as the first version of its name. */
final class TestLookup implements DefinitionLookup {

  private final Orchestration[] known;

  TestLookup(Orchestration... known) {
    this.known = known;
  }

  @Override
  public Optional<Orchestration> find(DefinitionId id) {
    return Stream.of(known).filter(definition -> definition.id().equals(id)).findFirst();
  }

  @Override
  public Optional<Integer> versionOf(DefinitionId id, long startedAt) {
    return find(id).map(unused -> 1);
  }
}

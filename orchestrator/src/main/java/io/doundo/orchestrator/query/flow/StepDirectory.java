package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.query.definition.DefinitionLookup;
import io.doundo.orchestrator.query.index.IndexedDefinition;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What lists need of the steps of definitions, which never changes once it is known. Thread-safe.
 */
final class StepDirectory {

  private static final int MOST = 10_000;
  private static final Entry UNKNOWN = new Entry(List.of(), List.of());

  private record Entry(List<String> names, List<Long> timeouts) {}

  private final DefinitionLookup definitions;
  private final Map<IndexedDefinition, Entry> entries = new ConcurrentHashMap<>();

  StepDirectory(DefinitionLookup definitions) {
    this.definitions = definitions;
  }

  /** In the order of the definition; empty when it is unknown. */
  List<String> names(IndexedDefinition definition) {
    return entry(definition).names();
  }

  /** The name of a step; a number when its definition is unknown. */
  String name(IndexedDefinition definition, int index) {
    List<String> all = names(definition);
    return index < all.size() ? all.get(index) : "#" + (index + 1);
  }

  /** How long an answer of a step is waited for, ms; 0 when its definition is unknown. */
  long timeoutMs(IndexedDefinition definition, int index) {
    List<Long> all = entry(definition).timeouts();
    return index < all.size() ? all.get(index) : 0;
  }

  private Entry entry(IndexedDefinition definition) {
    DefinitionId id = definition.id();
    if (id == null) {
      return UNKNOWN;
    }
    Entry known = entries.get(definition);
    if (known != null) {
      return known;
    }
    Orchestration steps = definitions.find(id, definition.path()).orElse(null);
    if (steps == null) {
      return UNKNOWN;
    }
    Entry found =
        new Entry(
            steps.steps().stream().map(Step::name).toList(),
            steps.steps().stream().map(step -> step.timeout().toMillis()).toList());
    if (entries.size() >= MOST) {
      entries.clear();
    }
    entries.put(definition, found);
    return found;
  }
}

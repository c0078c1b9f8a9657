package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.query.definition.DefinitionLookup;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What lists need of the steps of definitions, which never changes once it is known. Thread-safe.
 */
final class StepDirectory {

  private static final int MOST = 10_000;
  private static final Entry UNKNOWN = new Entry(List.of(), List.of());

  private record Entry(List<String> names, List<Long> timeouts) {}

  private final DefinitionLookup definitions;
  private final Map<DefinitionId, Entry> entries = new ConcurrentHashMap<>();

  StepDirectory(DefinitionLookup definitions) {
    this.definitions = definitions;
  }

  /** In the order of the definition; empty when it is unknown. */
  List<String> names(@Nullable DefinitionId id) {
    return entry(id).names();
  }

  /** The name of a step; a number when its definition is unknown. */
  String name(@Nullable DefinitionId id, int index) {
    List<String> all = names(id);
    return index < all.size() ? all.get(index) : "#" + (index + 1);
  }

  /** How long an answer of a step is waited for, ms; 0 when its definition is unknown. */
  long timeoutMs(@Nullable DefinitionId id, int index) {
    List<Long> all = entry(id).timeouts();
    return index < all.size() ? all.get(index) : 0;
  }

  private Entry entry(@Nullable DefinitionId id) {
    if (id == null) {
      return UNKNOWN;
    }
    Entry known = entries.get(id);
    if (known != null) {
      return known;
    }
    Orchestration definition = definitions.find(id).orElse(null);
    if (definition == null) {
      return UNKNOWN;
    }
    Entry found =
        new Entry(
            definition.steps().stream().map(Step::name).toList(),
            definition.steps().stream().map(step -> step.timeout().toMillis()).toList());
    if (entries.size() >= MOST) {
      entries.clear();
    }
    entries.put(id, found);
    return found;
  }
}

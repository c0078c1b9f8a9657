package io.doundo.history.invariant;

import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The flows of a history with the flows that have begun them. Immutable. */
final class FlowTrees {

  private final List<FlowHistory> flows;
  private final Map<String, FlowHistory> byLife = new HashMap<>();

  FlowTrees(List<FlowHistory> flows) {
    this.flows = flows;
    flows.forEach(flow -> byLife.put(flow.flowId() + ' ' + flow.incarnation(), flow));
  }

  /**
   * A part with its parent.
   *
   * @param step of the parent; null when its definition is not known
   */
  record Branch(FlowHistory part, PartOf place, FlowHistory parent, @Nullable Step step) {}

  /** Visits all parts whose parents are on record. */
  void forEach(Consumer<Branch> visitor) {
    for (FlowHistory flow : flows) {
      PartOf place = flow.partOf();
      FlowHistory parent =
          place == null
              ? null
              : byLife.get(place.link().flowId() + ' ' + place.link().incarnation());
      if (place != null && parent != null) {
        visitor.accept(new Branch(flow, place, parent, step(parent, place.link().step())));
      }
    }
  }

  private static @Nullable Step step(FlowHistory parent, String name) {
    Orchestration definition = parent.definition();
    int index = definition == null ? -1 : definition.indexOf(name);
    return definition == null || index < 0 ? null : definition.steps().get(index);
  }
}

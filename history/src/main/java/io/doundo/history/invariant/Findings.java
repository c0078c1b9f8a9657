package io.doundo.history.invariant;

import io.doundo.history.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Collects violations. Only violations cost anything: stories are built only for them. */
final class Findings {

  private final List<Violation> violations = new ArrayList<>(0);

  void add(Invariant invariant, FlowHistory flow, String message) {
    violations.add(new Violation(invariant.name(), flow.flowId(), message, FlowReport.of(flow)));
  }

  void add(Invariant invariant, String flowId, String message) {
    violations.add(new Violation(invariant.name(), flowId, message, ""));
  }

  void unless(boolean holds, Invariant invariant, FlowHistory flow, Supplier<String> message) {
    if (!holds) {
      add(invariant, flow, message.get());
    }
  }

  List<Violation> all() {
    return List.copyOf(violations);
  }
}

package io.doundo.orchestrator.definition.compiler;

import io.doundo.orchestrator.definition.Guard;
import io.doundo.orchestrator.definition.Step;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Determines which steps of an orchestration are taken together, and which never are. */
final class Guards {

  private final Map<String, Guard> guards;

  private Guards(Map<String, Guard> guards) {
    this.guards = guards;
  }

  static Guards of(List<Step> steps) {
    Map<String, Guard> guards = new HashMap<>();
    for (Step step : steps) {
      Guard guard = step.guard();
      if (guard != null) {
        guards.put(step.name(), guard);
      }
    }
    return new Guards(guards);
  }

  /** All branches that contain a step, including those around its own choice. */
  private Set<Guard> around(String step) {
    Set<Guard> around = new HashSet<>();
    for (Guard guard = guards.get(step); guard != null; guard = guards.get(guard.choice())) {
      around.add(guard);
    }
    return around;
  }

  boolean isInBranch(String step) {
    return guards.containsKey(step);
  }

  /** Whether every branch needed for the one step is taken whenever those of the other are. */
  boolean isTakenWith(String step, String other) {
    return around(other).containsAll(around(step));
  }

  /** Whether the steps are in different branches of one choice, and so never both run. */
  boolean exclude(String step, String other) {
    Set<Guard> others = around(other);
    return around(step).stream()
        .anyMatch(
            guard ->
                others.stream()
                    .anyMatch(
                        o -> o.choice().equals(guard.choice()) && o.branch() != guard.branch()));
  }
}

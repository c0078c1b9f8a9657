package io.doundo.launcher.chaos;

import io.doundo.history.History;
import io.doundo.history.Transition;
import io.doundo.history.Violation;
import io.doundo.history.invariant.HistoryChecker;
import io.doundo.orchestrator.core.FlowDecider;
import io.doundo.orchestrator.core.state.FlowStatus;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The result of checking a history.
 *
 * @param ends how many flows stand where
 */
record HistoryCheck(
    Map<FlowStatus, Long> ends,
    long commands,
    long aborted,
    int effects,
    List<Violation> violations) {

  /** Judges by the invariants I1 to I12, with the core of this build. */
  static HistoryCheck of(History history) {
    Map<String, Transition> last = new HashMap<>();
    for (Transition transition : history.transitions()) {
      last.merge(
          transition.flowId() + '/' + transition.incarnation(),
          transition,
          (one, other) -> one.number() > other.number() ? one : other);
    }
    return new HistoryCheck(
        last.values().stream()
            .collect(
                Collectors.groupingBy(Transition::status, TreeMap::new, Collectors.counting())),
        history.sent().size(),
        history.sent().stream().filter(command -> !command.committed()).count(),
        history.ledger().size(),
        new HistoryChecker(new FlowDecider()::decide).check(history));
  }

  boolean isClean() {
    return violations.isEmpty();
  }

  /** For people. */
  void print(PrintStream out) {
    out.println("Flows by final status:");
    ends.forEach((status, count) -> out.printf("  %-12s %6d%n", status, count));
    out.printf(
        "Commands visible to workers: %d, of which %d never committed.%n", commands, aborted);
    out.printf("Effects in the worker ledger: %d.%n", effects);
    for (Violation violation : violations) {
      out.println();
      out.println(violation);
    }
    out.println();
    out.println(
        isClean()
            ? "RESULT: all invariants hold."
            : "RESULT: " + violations.size() + " invariant violations.");
  }
}

package io.doundo.history.invariant;

import io.doundo.history.Answered;
import io.doundo.history.History;
import io.doundo.history.LedgerLine;
import io.doundo.history.Sent;
import io.doundo.history.Transition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sorts the records of a history by flow and life. */
final class Lives {

  private final History history;
  private final Map<String, List<Life>> byFlow = new LinkedHashMap<>();

  Lives(History history) {
    this.history = history;
  }

  void add(Transition transition) {
    List<Life> lives = byFlow.computeIfAbsent(transition.flowId(), id -> new ArrayList<>(1));
    for (Life life : lives) {
      if (life.incarnation().equals(transition.incarnation())) {
        life.add(transition);
        return;
      }
    }
    Life life = new Life(history, transition.flowId(), transition.incarnation());
    life.add(transition);
    lives.add(life);
  }

  /** A command whose life left no transition was sent by a transaction that was aborted. */
  void add(Sent command) {
    for (Life life : of(command.flowId())) {
      if (command.incarnation() == null || command.incarnation().equals(life.incarnation())) {
        life.add(command);
      }
    }
  }

  void add(Answered answer) {
    of(answer.answer().flowId()).forEach(life -> life.add(answer));
  }

  void add(LedgerLine line) {
    of(line.flowId()).forEach(life -> life.add(line));
  }

  private List<Life> of(String flowId) {
    return byFlow.getOrDefault(flowId, List.of());
  }

  List<Life> all() {
    List<Life> all = new ArrayList<>();
    byFlow.values().forEach(all::addAll);
    return all;
  }
}

package io.doundo.history.invariant;

import io.doundo.history.History;
import io.doundo.history.LedgerLine;
import io.doundo.history.RecordedAnswer;
import io.doundo.history.RecordedCommand;
import io.doundo.history.Transition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sorts the records of a history by flow and life. */
final class FlowHistories {

  private final History history;
  private final Map<String, List<FlowHistory>> byFlow = new LinkedHashMap<>();

  FlowHistories(History history) {
    this.history = history;
  }

  void add(Transition transition) {
    List<FlowHistory> flows = byFlow.computeIfAbsent(transition.flowId(), id -> new ArrayList<>(1));
    for (FlowHistory flow : flows) {
      if (flow.incarnation().equals(transition.incarnation())) {
        flow.add(transition);
        return;
      }
    }
    FlowHistory flow = new FlowHistory(history, transition.flowId(), transition.incarnation());
    flow.add(transition);
    flows.add(flow);
  }

  /** A command whose life left no transition was sent by a transaction that was aborted. */
  void add(RecordedCommand command) {
    for (FlowHistory flow : of(command.flowId())) {
      if (command.incarnation() == null || command.incarnation().equals(flow.incarnation())) {
        flow.add(command);
      }
    }
  }

  void add(RecordedAnswer answer) {
    of(answer.answer().flowId()).forEach(flow -> flow.add(answer));
  }

  void add(LedgerLine line) {
    of(line.flowId()).forEach(flow -> flow.add(line));
  }

  private List<FlowHistory> of(String flowId) {
    return byFlow.getOrDefault(flowId, List.of());
  }

  List<FlowHistory> all() {
    List<FlowHistory> all = new ArrayList<>();
    byFlow.values().forEach(all::addAll);
    return all;
  }
}

package io.doundo.history.simulation.run;

import io.doundo.history.History;
import io.doundo.history.RecordedAnswer;
import io.doundo.history.Transition;
import io.doundo.history.simulation.RandomDefinitions;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.protocol.Answer;
import io.doundo.protocol.AnswerAction;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts the situations of flows, as found in their histories. */
final class Journeys {

  private final Map<String, Integer> counts = new TreeMap<>();

  Map<String, Integer> counts() {
    return counts;
  }

  private void count(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  void add(History history) {
    FlowStatus before = null;
    boolean passedPivot = false;
    Orchestration definition = null;
    for (Transition transition : history.transitions()) {
      count("event " + transition.input().getClass().getSimpleName());
      transition.further().forEach(next -> count("event " + next.getClass().getSimpleName()));
      definition =
          transition.definition() == null
              ? definition
              : history.definitions().get(transition.definition());
      for (PublishFlowEvent entry : transition.entries()) {
        count("entry " + entry.type());
        passedPivot |= isPivotPassed(definition, entry);
        countControl(transition, entry);
        if (entry.type() == FlowEventType.FLOW_PARKED && entry.reason() != null) {
          count("parked " + entry.reason().substring(0, entry.reason().indexOf(':')));
        }
        if (entry.type() == FlowEventType.STEP_TIMED_OUT && isAnsweredLater(history, transition)) {
          count("answer after its deadline");
        }
      }
      if (before != null && before.isTerminal() && transition.status() == FlowStatus.UNDOING) {
        count(before == FlowStatus.UNDONE ? "repair after the end" : "undone on demand");
      }
      before = transition.status();
    }
    if (before != null) {
      count("ends " + before);
      count(definition, before, passedPivot);
    }
  }

  private void countControl(Transition transition, PublishFlowEvent entry) {
    if (transition.input() instanceof ControlRequested control) {
      if (entry.type() == FlowEventType.CONTROL_ACCEPTED) {
        count("accepted " + control.verb());
      } else if (entry.type() == FlowEventType.CONTROL_REFUSED) {
        count("refused " + control.verb());
      }
    }
  }

  private static boolean isPivotPassed(@Nullable Orchestration definition, PublishFlowEvent entry) {
    return definition != null
        && entry.type() == FlowEventType.STEP_SUCCESS
        && entry.step() != null
        && definition.steps().get(definition.indexOf(entry.step())).pivot();
  }

  private static boolean isAnsweredLater(History history, Transition timedOut) {
    for (PublishFlowEvent entry : timedOut.entries()) {
      for (RecordedAnswer answered : history.answers()) {
        Answer answer = answered.answer();
        if (entry.type() == FlowEventType.STEP_TIMED_OUT
            && answer.flowId().equals(timedOut.flowId())
            && answer.stepName().equals(entry.step())
            && answer.attempt() == entry.attempt()
            && answer.action() != AnswerAction.UNDO
            && answered.place().at() > timedOut.place().at()) {
          return true;
        }
      }
    }
    return false;
  }

  private void count(@Nullable Orchestration definition, FlowStatus end, boolean passedPivot) {
    if (definition == null) {
      return;
    }
    count(definition.type() + " ends " + end);
    if (passedPivot) {
      count("pivot passed, ends " + end);
    }
    for (Step step : definition.steps()) {
      if (!step.undoable()) {
        count("with a step without UNDO, ends " + end);
      }
      if (step.undoFailed()) {
        count("with undoFailed, ends " + end);
      }
      if (RandomDefinitions.isCommitted(step)) {
        count("with dispatch committed, ends " + end);
      }
      if (step.pivot()) {
        count("with a pivot, ends " + end);
      }
    }
  }
}

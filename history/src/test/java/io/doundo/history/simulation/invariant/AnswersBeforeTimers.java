package io.doundo.history.simulation.invariant;

import io.doundo.history.History;
import io.doundo.history.RecordedAnswer;
import io.doundo.history.Transition;
import io.doundo.history.simulation.Violation;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.protocol.Answer;
import io.doundo.protocol.AnswerAction;
import io.doundo.protocol.CommandAction;
import java.util.Objects;

/**
 * Row 15: an attempt does not time out if its answer arrived before its timer was due, in a run
 * whose engine processes answers before timers.
 */
public final class AnswersBeforeTimers {

  private AnswersBeforeTimers() {}

  public static void check(History history) {
    for (Transition transition : history.transitions()) {
      for (PublishFlowEvent entry : transition.entries()) {
        if (entry.type() == FlowEventType.STEP_TIMED_OUT) {
          check(history, transition, entry);
        }
      }
    }
  }

  /**
   * When the attempt started, for the last time if a breaker had held it. An earlier answer is to a
   * command of an aborted transaction.
   */
  private static long startOf(History history, Transition end, PublishFlowEvent timedOut) {
    long start = Long.MAX_VALUE;
    for (Transition transition : history.transitions()) {
      for (PublishFlowEvent entry : transition.entries()) {
        if (entry.type() == FlowEventType.STEP_STARTED
            && Objects.equals(entry.step(), timedOut.step())
            && entry.action() == timedOut.action()
            && entry.attempt() == timedOut.attempt()) {
          start = transition.place().at();
        }
      }
      if (transition.equals(end)) {
        break;
      }
    }
    return start;
  }

  private static void check(History history, Transition transition, PublishFlowEvent entry) {
    AnswerAction action =
        entry.action() == CommandAction.UNDO ? AnswerAction.UNDO : AnswerAction.DO;
    for (RecordedAnswer answered : history.answers()) {
      Answer answer = answered.answer();
      boolean ofTheAttempt =
          answer.flowId().equals(transition.flowId())
              && answer.stepName().equals(entry.step())
              && answer.action() == action
              && answer.attempt() == entry.attempt()
              && answer.commandId() == null;
      long at = answered.place().at();
      // Whatever the engine's clock says, an answer that had not arrived could not be first.
      long until = Math.min(transition.input().at(), transition.place().at());
      if (ofTheAttempt && at < until && at > startOf(history, transition, entry)) {
        throw new Violation(
            "row 15",
            "%s of %s times out at %d, answered at %d"
                .formatted(action, entry.step(), transition.input().at(), answered.place().at()));
      }
    }
  }
}

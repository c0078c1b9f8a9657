package io.doundo.history.invariant;

import io.doundo.history.LedgerLine;
import io.doundo.history.RecordedCommand;
import io.doundo.history.Transition;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.protocol.CommandAction;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The answers that a flow took for those of a step's DOs, or of its UNDOs, beside those that its
 * workers gave. Where answers echo nothing they are only counted, and one answer too many passes
 * for another one that never came.
 *
 * @param taken answers that the flow took for this action
 * @param answered committed commands that a worker has answered
 * @param sent committed commands
 * @param successesTaken those of the taken ones that are successes
 * @param carriedOut committed commands that a worker has carried out and answered
 */
record AnswerCount(int taken, int answered, int sent, int successesTaken, int carriedOut) {

  static AnswerCount of(FlowHistory flow, String step, CommandAction action) {
    BitSet sent = new BitSet();
    for (RecordedCommand command : flow.sent()) {
      if (command.committed() && command.action() == action && command.step().equals(step)) {
        sent.set(command.attempt());
      }
    }
    BitSet answered = new BitSet();
    BitSet carriedOut = new BitSet();
    for (LedgerLine line : flow.ledger()) {
      if (line.action() == action
          && line.step().equals(step)
          && line.answer() != LedgerLine.Report.UNANSWERED
          && sent.get(line.attempt())) {
        answered.set(line.attempt());
        if (line.kind() != LedgerLine.Kind.NOTHING_DONE) {
          carriedOut.set(line.attempt());
        }
      }
    }
    return new AnswerCount(
        taken(flow, step, action, false),
        answered.cardinality(),
        sent.cardinality(),
        taken(flow, step, action, true),
        carriedOut.cardinality());
  }

  /** Whether a command went unanswered, and an answer that was one too many was taken for its. */
  boolean hidesAMissingOne() {
    return answered < sent && taken > answered;
  }

  /** Whether a command was not carried out, and a success told twice was taken for its. */
  boolean hidesAFailure() {
    return carriedOut < sent && successesTaken > carriedOut;
  }

  private static int taken(
      FlowHistory flow, String step, CommandAction action, boolean successesOnly) {
    int taken = 0;
    boolean undoInFlight = false;
    for (Transition transition : flow.transitions()) {
      CommandAction of = actionOf(transition, step, undoInFlight);
      boolean counts = !successesOnly || transition.input() instanceof StepSucceeded;
      if (counts && of != null && of.name().equals(action.name())) {
        taken++;
      }
      undoInFlight = undoInFlight(transition, step, undoInFlight);
    }
    return taken;
  }

  /** How the flow interpreted the transition's answer; null when it is none of the step's. */
  private static @Nullable CommandAction actionOf(
      Transition transition, String step, boolean undoInFlight) {
    if (transition.input() instanceof StepSucceeded success && success.step().equals(step)) {
      return success.action();
    }
    if (transition.input() instanceof StepFailed failed && failed.step().equals(step)) {
      CommandAction said = failed.action();
      // FAIL_STEP does not say: it is about the command in flight.
      return said != null ? said : undoInFlight ? CommandAction.UNDO : CommandAction.DO;
    }
    return null;
  }

  private static boolean undoInFlight(Transition transition, String step, boolean before) {
    boolean inFlight = before;
    for (PublishFlowEvent entry : transition.entries()) {
      if (step.equals(entry.step())) {
        boolean undo = entry.action() == CommandAction.UNDO;
        FlowEventType type = entry.type();
        inFlight =
            switch (type) {
              case STEP_STARTED -> undo;
              case STEP_SUCCESS,
                  STEP_FAILED,
                  STEP_HELD,
                  STEP_TIMED_OUT,
                  STEP_SKIPPED,
                  STEP_RESOLVED ->
                  false;
              case STEP_IN_DOUBT -> undo && inFlight;
              default -> inFlight;
            };
      }
    }
    return inFlight;
  }
}

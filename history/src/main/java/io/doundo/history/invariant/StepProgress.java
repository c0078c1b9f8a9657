package io.doundo.history.invariant;

import io.doundo.history.Transition;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.CommandAction;
import java.util.BitSet;

/** The state of each step according to the audit log so far. */
final class StepProgress {

  final BitSet succeeded = new BitSet();
  final BitSet settled = new BitSet();

  /** May have an effect that was not undone since. */
  final BitSet open = new BitSet();

  final BitSet doInFlight = new BitSet();
  final BitSet undoInFlight = new BitSet();

  private final Orchestration definition;

  StepProgress(Orchestration definition) {
    this.definition = definition;
  }

  void note(Transition transition, PublishFlowEvent entry) {
    int step = entry.step() == null ? -1 : definition.indexOf(entry.step());
    if (step < 0) {
      return;
    }
    boolean forward = entry.action() != CommandAction.UNDO;
    FlowEventType type = entry.type();
    switch (type) {
      case STEP_STARTED -> (forward ? doInFlight : undoInFlight).set(step);
      case STEP_SUCCESS -> {
        rest(step);
        boolean unchanged =
            forward && FlowHistory.isUnchanged(transition, definition.steps().get(step).name());
        if (!unchanged) {
          open.set(step, forward);
        }
        if (forward) {
          succeeded.set(step);
        }
      }
      case STEP_NOT_TAKEN -> succeeded.set(step);
      case STEP_GIVEN_UP -> {
        rest(step);
        succeeded.set(step);
      }
      case STEP_FAILED, STEP_HELD -> rest(step);
      case STEP_TIMED_OUT, STEP_IN_DOUBT -> {
        rest(step);
        open.set(step, definition.steps().get(step).isOutside());
      }
      case STEP_SKIPPED, STEP_RESOLVED -> {
        rest(step);
        settled.set(step);
      }
      default -> {
        // Says nothing about effects or commands in flight.
      }
    }
  }

  private void rest(int step) {
    doInFlight.clear(step);
    undoInFlight.clear(step);
  }
}

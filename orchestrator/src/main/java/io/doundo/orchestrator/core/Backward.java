package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;

/** The way back: what must be undone, in which order, and when nothing is left to undo. */
final class Backward {

  private Backward() {}

  /**
   * Turns the flow to UNDO. The first UNDO waits until this decision is committed, because from
   * here nothing leads forward again. Attempts in flight are drained; those not yet sent are
   * withdrawn.
   */
  static void turn(FlowDraft flow, String why) {
    // If the orchestrator has failed on what a part told, that part is asked again.
    Parking.takeUp(flow);
    flow.status = FlowStatus.UNDOING;
    flow.parkReason = null;
    flow.reason = why;
    flow.cancelReason = null;
    flow.deadlineAt = 0;
    flow.endedAt = 0;
    flow.audit(FlowEventType.FLOW_UNDOING, why);
    for (int i = 0; i < flow.steps.length; i++) {
      if (flow.steps[i].status == StepStatus.COMPUTING) {
        // Its value no longer matters.
        stopComputing(flow.steps[i]);
      }
      flow.machineOf(i).withdraw(flow, i);
    }
    if (flow.undoTurn == 0 && owesAnything(flow)) {
      flow.undoTurn = flow.sendTurn();
    }
  }

  private static void stopComputing(StepDraft step) {
    if (step.doSent == 0) {
      step.status = StepStatus.PENDING;
      return;
    }
    step.rest();
    step.status = step.effect.mayExist() ? StepStatus.IN_DOUBT : StepStatus.FAILED;
  }

  private static boolean owesAnything(FlowDraft flow) {
    for (int i = 0; i < flow.steps.length; i++) {
      if (flow.steps[i].doInFlight() || owesUndo(flow, i)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the step may have had an effect that is neither undone nor resolved. */
  static boolean owesUndo(FlowDraft flow, int step) {
    Step definition = flow.definitionOf(step);
    StepDraft draft = flow.steps[step];
    if (definition.work() instanceof Work.Parts) {
      return draft.status != StepStatus.SKIPPED
          && draft.status != StepStatus.RESOLVED
          && PartsMachine.owesUndo(flow, step);
    }
    if (!definition.undoable()
        || draft.status == StepStatus.SKIPPED
        || draft.status == StepStatus.RESOLVED) {
      return false;
    }
    return draft.effect.mayExist() || (draft.effect == StepEffect.CLEAN && definition.undoFailed());
  }

  /** Sends every UNDO whose turn has come; ends or parks the flow when there is none left. */
  static void advance(FlowDraft flow) {
    if (Releases.recalls(flow)) {
      // No part is taken back before all are there again: none may expire half way.
      resume(flow);
      return;
    }
    boolean[] settled = new boolean[flow.steps.length];
    boolean allSettled = true;
    boolean moving = false;
    int exhausted = -1;
    for (int i = flow.steps.length - 1; i >= 0; i--) {
      StepDraft step = flow.steps[i];
      boolean free = dependentsSettled(flow, i, settled);
      boolean ready = free && readyToUndo(flow, i);
      if (ready && flow.undoCommitted && !flow.isPaused()) {
        flow.machineOf(i).beginUndo(flow, i);
      } else if (step.awaitsParts()) {
        Parts.send(flow, i);
      }
      settled[i] = free && !step.doInFlight() && !owesUndo(flow, i);
      allSettled &= settled[i];
      // The end of a delay changes nothing before the step's turn; the steps it waits for do.
      moving |=
          ready
              || step.openAttempt > 0
              || step.status == StepStatus.COMPUTING
              || (free && step.dueAt > 0);
      if (ready && flow.undoTurn == 0) {
        // No UNDO was owed when the flow turned; now one is.
        flow.undoTurn = flow.sendTurn();
      }
      if (step.undoExhausted() && owesUndo(flow, i)) {
        exhausted = i;
      }
    }
    if (allSettled) {
      if (flow.status != FlowStatus.UNDONE) {
        if (!flow.undoCommitted) {
          // A turn read back after the end has no effect; a later repair requests its own.
          flow.undoTurn = 0;
        }
        if (flow.turnedBack != null) {
          flow.reason = flow.turnedBack;
        }
        flow.end(FlowStatus.UNDONE, FlowEventType.FLOW_UNDONE, flow.reason);
      }
    } else if (moving) {
      resume(flow);
    } else {
      Parking.park(flow, ParkReason.UNDO_FAILED, exhausted);
    }
  }

  private static void resume(FlowDraft flow) {
    if (flow.status == FlowStatus.UNDONE) {
      flow.status = FlowStatus.UNDOING;
      flow.endedAt = 0;
      flow.audit(
          FlowEventType.FLOW_UNDOING, "repair: an effect was reported after the flow had ended");
    }
    Parking.unpark(flow, FlowStatus.UNDOING);
  }

  private static boolean dependentsSettled(FlowDraft flow, int step, boolean[] settled) {
    for (int dependent : flow.definition().graph().dependents(step)) {
      if (!settled[dependent]) {
        return false;
      }
    }
    return true;
  }

  private static boolean readyToUndo(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    if (!owesUndo(flow, step)
        || draft.openAttempt > 0
        || draft.status == StepStatus.COMPUTING
        || draft.status == StepStatus.HELD) {
      return false;
    }
    if (draft.status == StepStatus.UNDO_FAIL) {
      return draft.undoBacksOff() && draft.dueAt <= flow.at;
    }
    return true;
  }
}

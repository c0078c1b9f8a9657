package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;

/** Setting a flow aside for an operator, and taking it up again. */
final class Parking {

  private Parking() {}

  /** Parks the flow, which must have nothing in flight. Its timeout is off from now on. */
  static void park(FlowDraft flow, ParkReason why, int step) {
    String name = flow.definitionOf(step).name();
    String error = flow.steps[step].error;
    String text =
        switch (why) {
          case UNDO_FAILED -> undoFailed(flow, step, name);
          case PIVOT_IN_DOUBT -> "it is unknown whether the pivot " + name + " succeeded";
          case FORWARD_EXHAUSTED ->
              "step " + name + " failed for good after the pivot, so the flow cannot be undone";
          case ESCALATED ->
              "step " + name + " timed out and needs an operator (onTimeout: escalate)";
          case ENGINE_FAULT ->
              throw new IllegalArgumentException("a fault of the engine is of no step");
        };
    if (error != null) {
      text = text + ": " + error;
    }
    if (why == ParkReason.UNDO_FAILED && flow.turnedBack == null) {
      flow.turnedBack = flow.reason;
    }
    boolean news = flow.status != FlowStatus.PARKED || flow.parkReason != why;
    flow.status = FlowStatus.PARKED;
    flow.parkReason = why;
    flow.deadlineAt = 0;
    if (news) {
      flow.reason = text;
      flow.audit(FlowEventType.FLOW_PARKED, why + ": " + text);
    }
  }

  /**
   * Parks the flow as it stands, with whatever is in flight: the orchestrator fails on it. A flow
   * that still waits for its definition has sent nothing, and is rejected. One that has ended needs
   * no operator, and asks its parts and its parent again after a while.
   */
  static void fault(FlowDraft flow, String error) {
    String text = "internal error while processing this flow: " + error;
    if (flow.status == FlowStatus.WAITING) {
      flow.reason = text;
      flow.end(FlowStatus.REJECTED, FlowEventType.FLOW_REJECTED, text);
      flow.refuse(text);
      return;
    }
    if (flow.status.isTerminal()) {
      Releases.askAgainLater(flow);
      return;
    }
    if (flow.isFaulted()) {
      return;
    }
    if (flow.leadsBack() && flow.undoTurn == 0) {
      // Says which way the flow goes, when it is taken up again.
      flow.undoTurn = flow.sendTurn();
    }
    flow.status = FlowStatus.PARKED;
    flow.parkReason = ParkReason.ENGINE_FAULT;
    flow.deadlineAt = 0;
    flow.reason = text;
    flow.audit(FlowEventType.FLOW_PARKED, ParkReason.ENGINE_FAULT + ": " + text);
  }

  /** Goes on where the flow stood when the orchestrator failed on it. */
  static void takeUp(FlowDraft flow) {
    if (flow.isFaulted()) {
      unpark(flow, flow.leadsBack() ? FlowStatus.UNDOING : FlowStatus.IN_PROGRESS);
      // What they told meanwhile may be what the orchestrator failed on.
      Parts.askHowTheyStand(flow);
    }
  }

  /** Goes on in the given direction, if the flow was parked. */
  static void unpark(FlowDraft flow, FlowStatus running) {
    if (flow.status == FlowStatus.PARKED) {
      flow.status = running;
      flow.parkReason = null;
      if (running == FlowStatus.IN_PROGRESS) {
        flow.reason = null;
      } else if (flow.turnedBack != null) {
        flow.reason = flow.turnedBack;
      }
      flow.turnedBack = null;
      flow.audit(FlowEventType.FLOW_UNPARKED, null);
    }
  }

  private static String undoFailed(FlowDraft flow, int step, String name) {
    StepDraft draft = flow.steps[step];
    boolean exhausted =
        draft.undoSent - draft.undoBase >= flow.definitionOf(step).undoRetry().maxAttempts();
    return "the UNDO of step "
        + name
        + (exhausted ? " has no attempts left" : " failed and must not be retried");
  }
}

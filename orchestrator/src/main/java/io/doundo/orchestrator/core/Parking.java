package io.doundo.orchestrator.core;

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
              "step " + name + " failed for good after the pivot; there is no way back";
          case ESCALATED -> "step " + name + " timed out and asks for an operator";
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
        + (exhausted ? " has used up its attempts" : " failed and is not to be retried");
  }
}

package io.doundo.orchestrator.core;

/**
 * What a flow does when time has passed: attempts time out, delays end, the flow itself expires.
 */
final class Deadlines {

  private Deadlines() {}

  static void reached(FlowDraft flow) {
    flow.timerFired();
    for (int i = 0; i < flow.steps.length; i++) {
      StepDraft step = flow.steps[i];
      if (step.openAttempt > 0 && step.dueAt <= flow.at) {
        attemptTimedOut(flow, i);
      }
    }
    boolean expired =
        flow.status == FlowStatus.IN_PROGRESS && flow.deadlineAt > 0 && flow.deadlineAt <= flow.at;
    if (expired) {
      flow.deadlineAt = 0;
      flow.audit(FlowEventType.FLOW_TIMED_OUT, flow.since(flow.before().origin().startedAt()), null);
      Cancelling.cancel(flow, "the flow timed out");
    }
  }

  private static void attemptTimedOut(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    long timeout = flow.definitionOf(step).timeout().toMillis();
    String why = "no answer within " + timeout + " ms";
    boolean undo = draft.undoInFlight();
    draft.rest();
    draft.endedAt = flow.at;
    draft.failedWith(why);
    flow.auditStep(
        FlowEventType.STEP_TIMED_OUT, step, undo ? Action.UNDO : Action.DO, timeout, null, why);
    if (undo) {
      Backward.attemptEnded(flow, step, true, why);
      return;
    }
    draft.evidence = draft.evidence.or(Evidence.DOUBT);
    if (flow.leadsBack()) {
      draft.status = StepStatus.IN_DOUBT;
    } else {
      Forward.attemptEnded(flow, step, true, true, why);
    }
  }
}

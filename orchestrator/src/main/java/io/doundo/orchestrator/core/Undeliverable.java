package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.FlowEvent.DispatchImpossible;

/** Takes back a command that could not be sent. The attempt counts; nothing can have come of it. */
final class Undeliverable {

  private Undeliverable() {}

  static void taken(FlowDraft flow, int step, DispatchImpossible event) {
    StepDraft draft = flow.steps[step];
    boolean inFlight = event.action() == Action.DO ? draft.doInFlight() : draft.undoInFlight();
    if (!inFlight || draft.openAttempt != event.attempt()) {
      return;
    }
    draft.rest();
    draft.endedAt = flow.at;
    draft.failedWith(event.error());
    flow.auditStep(
        FlowEventType.STEP_FAILED, step, event.action(), 0, null, "not sent: " + event.error());
    if (event.action() == Action.UNDO) {
      if (draft.undoAnswers >= draft.undoBase) {
        draft.undoAnswers++;
      }
      Backward.attemptEnded(flow, step, event.retryable(), event.error());
      return;
    }
    draft.doAnswers++;
    if (flow.leadsBack()) {
      draft.status = StepStatus.FAILED;
    } else {
      Forward.attemptEnded(flow, step, false, event.retryable(), event.error());
    }
  }
}

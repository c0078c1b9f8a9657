package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.protocol.text.DurationText;

/** The effect of time on a flow: attempts time out, delays end, the flow itself expires. */
final class Deadlines {

  private Deadlines() {}

  static void reached(FlowDraft flow) {
    flow.timerFired();
    for (int i = 0; i < flow.steps.length; i++) {
      StepDraft step = flow.steps[i];
      boolean isAwaited = (step.openAttempt > 0 && step.dueAt > 0) || step.waitsForTime();
      if (isAwaited && step.dueAt <= flow.at) {
        flow.machineOf(i).timedOut(flow, i);
      } else if (step.status == StepStatus.HELD && step.dueAt <= flow.at) {
        Holds.release(flow, i, "held for " + DurationText.of(Holds.SAFETY_MS));
      }
    }
    boolean expired =
        flow.status == FlowStatus.IN_PROGRESS && flow.deadlineAt > 0 && flow.deadlineAt <= flow.at;
    if (expired) {
      flow.deadlineAt = 0;
      flow.audit(
          FlowEventType.FLOW_TIMED_OUT, flow.since(flow.before().origin().startedAt()), null);
      Cancelling.cancel(flow, "the flow timed out");
    }
  }
}

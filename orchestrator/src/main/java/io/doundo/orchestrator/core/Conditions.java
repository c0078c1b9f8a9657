package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.protocol.CommandAction;

/**
 * Whether a step is taken. Its condition is evaluated once, when its turn has come; a step that is
 * not taken lets the flow by as a step that has succeeded does, without a result.
 */
final class Conditions {

  private Conditions() {}

  /** Whether the step must be asked about before it begins. */
  static boolean isOpen(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    return draft.status == StepStatus.PENDING
        && flow.definitionOf(step).when() != null
        && !draft.taken;
  }

  /** An expression was evaluated. One that nobody waits for any more changes nothing. */
  static void evaluated(FlowDraft flow, int step, Evaluated event) {
    StepDraft draft = flow.steps[step];
    if (draft.status != StepStatus.COMPUTING) {
      return;
    }
    draft.status = StepStatus.PENDING;
    if (event.purpose() == Purpose.WORK) {
      flow.machineOf(step).evaluated(flow, step, event.evaluation());
      return;
    }
    if (event.evaluation() instanceof Evaluation.Truth truth) {
      draft.taken = truth.value();
      if (!truth.value()) {
        draft.status = StepStatus.NOT_TAKEN;
        draft.endedAt = flow.at;
        flow.auditStep(FlowEventType.STEP_NOT_TAKEN, step, null, null);
      }
    } else if (event.evaluation() instanceof Evaluation.Failed failed) {
      failed(flow, step, "its condition: " + failed.error());
    } else {
      throw new IllegalStateException(
          "the condition of step " + event.step() + " gave " + event.evaluation());
    }
  }

  /** An evaluation failed before anything was sent: the step has failed without effect. */
  static void failed(FlowDraft flow, int step, String error) {
    StepDraft draft = flow.steps[step];
    draft.status = StepStatus.FAILED;
    draft.endedAt = flow.at;
    draft.failedWith(error);
    flow.auditStep(FlowEventType.STEP_FAILED, step, CommandAction.DO, 0, null, error);
    Forward.givenUp(flow, step, false);
  }
}

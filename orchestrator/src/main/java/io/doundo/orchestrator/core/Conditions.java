package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Guard;
import io.doundo.protocol.CommandAction;
import org.jspecify.annotations.Nullable;

/**
 * Whether a step is taken. Its condition is evaluated once, when its turn has come. The flow passes
 * a step that is not taken like one that has succeeded, without a result.
 */
final class Conditions {

  private Conditions() {}

  /** Whether the step's condition must be evaluated before it begins. */
  static boolean isOpen(FlowDraft flow, int step) {
    return flow.definitionOf(step).when() != null
        && flow.steps[step].status == StepStatus.PENDING
        && !isSettled(flow.steps[step]);
  }

  /** Whether the choice that the step is a part of has taken another branch, or none. */
  static boolean isOfAnotherBranch(FlowDraft flow, int step) {
    Guard guard = flow.definitionOf(step).guard();
    if (guard == null || flow.steps[step].status != StepStatus.PENDING) {
      return false;
    }
    StepDraft choice = flow.steps[flow.definition().indexOf(guard.choice())];
    return choice.passed() && choice.branch != guard.branch();
  }

  /** Whether the step is known to be taken: in this decision, or by what it has begun since. */
  private static boolean isSettled(StepDraft draft) {
    return draft.taken || draft.startedAt > 0;
  }

  /** Whether the step waits for an operator because its condition could not be evaluated. */
  static boolean hasFailed(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    return flow.definitionOf(step).when() != null && draft.stuck() && !isSettled(draft);
  }

  /** An expression was evaluated. If no step waits for it any more, nothing changes. */
  static void evaluated(FlowDraft flow, int step, Evaluated event) {
    StepDraft draft = flow.steps[step];
    if (draft.status != StepStatus.COMPUTING) {
      return;
    }
    if (event.purpose() != Purpose.WHEN) {
      flow.machineOf(step).evaluated(flow, step, event.purpose(), event.evaluation());
      return;
    }
    if (event.evaluation() instanceof Evaluation.Truth truth) {
      settle(flow, step, truth.value());
    } else if (event.evaluation() instanceof Evaluation.Failed failed) {
      failed(flow, step, "its condition: " + failed.error());
    } else {
      throw new IllegalStateException(
          "the condition of step " + event.step() + " gave " + event.evaluation());
    }
  }

  /** Settles whether the step is taken, by its condition or by an operator in its place. */
  static void settle(FlowDraft flow, int step, boolean isTaken) {
    StepDraft draft = flow.steps[step];
    draft.error = null;
    if (isTaken) {
      draft.status = StepStatus.PENDING;
      draft.taken = true;
    } else {
      passOver(flow, step, null);
    }
  }

  /** The flow passes the step, which has done nothing. */
  static void passOver(FlowDraft flow, int step, @Nullable String why) {
    StepDraft draft = flow.steps[step];
    draft.status = StepStatus.NOT_TAKEN;
    draft.endedAt = flow.at;
    flow.auditStep(FlowEventType.STEP_NOT_TAKEN, step, null, why);
  }

  /** An evaluation failed before anything was sent: the step has failed without effect. */
  static void failed(FlowDraft flow, int step, String error) {
    StepDraft draft = flow.steps[step];
    draft.rest();
    draft.status = StepStatus.FAILED;
    draft.endedAt = flow.at;
    draft.failedWith(error);
    flow.auditStep(FlowEventType.STEP_FAILED, step, CommandAction.DO, 0, null, error);
    Forward.givenUp(flow, step, false);
  }
}

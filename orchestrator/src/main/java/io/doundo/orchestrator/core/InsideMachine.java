package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchImpossible;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.protocol.CommandAction;
import org.jspecify.annotations.Nullable;

/**
 * Steps whose work is evaluated by the orchestrator itself. Nothing is sent, so nothing is ever in
 * flight or in doubt, and nothing has to be undone.
 */
final class InsideMachine extends StepMachine.Workerless {

  static final InsideMachine INSTANCE = new InsideMachine();

  private InsideMachine() {}

  @Override
  public void begin(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    draft.dueAt = 0;
    if (draft.startedAt == 0) {
      draft.startedAt = flow.at;
    }
    if (draft.input != null) {
      // An operator has supplied the value of the expression.
      succeeded(flow, step, draft.input, null);
    } else {
      flow.evaluate(step, Purpose.WORK);
    }
  }

  private static void succeeded(
      FlowDraft flow, int step, @Nullable Content result, @Nullable String why) {
    StepDraft draft = flow.steps[step];
    draft.status = StepStatus.DO_SUCCESS;
    draft.endedAt = flow.at;
    draft.result = result;
    draft.error = null;
    flow.auditStep(FlowEventType.STEP_SUCCESS, step, CommandAction.DO, 0, null, why);
  }

  /** A choice takes a branch, by its condition or by an operator in its place. */
  static void choose(FlowDraft flow, int step, int branch) {
    flow.steps[step].branch = branch;
    succeeded(flow, step, null, "takes branch " + branch);
  }

  @Override
  public void evaluated(FlowDraft flow, int step, Purpose purpose, Evaluation evaluation) {
    if (evaluation instanceof Evaluation.Value value) {
      succeeded(flow, step, value.content(), null);
    } else if (evaluation instanceof Evaluation.Chosen chosen) {
      choose(flow, step, chosen.branch());
    } else if (evaluation instanceof Evaluation.Failed failed) {
      Conditions.failed(flow, step, failed.error());
    } else {
      throw new IllegalStateException(
          "the work of step " + flow.definitionOf(step).name() + " gave " + evaluation);
    }
  }

  @Override
  public void withdraw(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    if (draft.status == StepStatus.DO_FAIL) {
      draft.dueAt = 0;
      draft.status = StepStatus.FAILED;
    }
  }

  @Override
  public void undeliverable(FlowDraft flow, int step, DispatchImpossible event) {
    throw new IllegalStateException("no command of step " + event.step() + " was decided");
  }

  @Override
  public void timedOut(FlowDraft flow, int step) {
    throw new IllegalStateException(
        "step " + flow.definitionOf(step).name() + " waits for nothing");
  }
}

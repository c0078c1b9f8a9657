package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.event.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;

/** Steps that no worker carries out: no answer can be theirs. */
abstract sealed class WorkerlessMachine implements StepMachine
    permits InsideMachine, WaitMachine, PartsMachine {

  @Override
  public void beginUndo(FlowDraft flow, int step) {
    throw new IllegalStateException(
        "step " + flow.definitionOf(step).name() + " has nothing to undo");
  }

  @Override
  public void succeeded(FlowDraft flow, int step, StepSucceeded event) {
    refuse(flow, step);
  }

  @Override
  public void failed(FlowDraft flow, int step, StepFailed event) {
    refuse(flow, step);
  }

  @Override
  public void landed(FlowDraft flow, int step, EffectLanded event) {
    refuse(flow, step);
  }

  private static void refuse(FlowDraft flow, int step) {
    flow.refuse("step " + flow.definitionOf(step).name() + " has no worker that could answer");
  }
}

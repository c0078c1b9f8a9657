package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.event.FlowEvent.DispatchImpossible;
import io.doundo.orchestrator.core.event.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;

/**
 * How the steps of one {@link io.doundo.orchestrator.definition.Reach} begin, end and are undone.
 * {@link Forward} and {@link Backward} decide whose turn it is and leave the rest to the step's
 * machine. Stateless.
 */
sealed interface StepMachine permits OutsideMachine, StepMachine.Workerless {

  static StepMachine of(Step step) {
    return switch (step.work().reach()) {
      case OUTSIDE -> OutsideMachine.INSTANCE;
      case INSIDE ->
          step.work() instanceof Work.Waits ? WaitMachine.INSTANCE : InsideMachine.INSTANCE;
      case CHILD -> PartsMachine.INSTANCE;
    };
  }

  /** The step's turn has come on the way forward. */
  void begin(FlowDraft flow, int step);

  /** The step's turn has come on the way back, and it owes an UNDO. */
  void beginUndo(FlowDraft flow, int step);

  /** The flow switches to undo: commands not sent yet are never sent. */
  void withdraw(FlowDraft flow, int step);

  void succeeded(FlowDraft flow, int step, StepSucceeded event);

  void failed(FlowDraft flow, int step, StepFailed event);

  void landed(FlowDraft flow, int step, EffectLanded event);

  void undeliverable(FlowDraft flow, int step, DispatchImpossible event);

  /** An expression that the machine asked for was evaluated. */
  void evaluated(FlowDraft flow, int step, Purpose purpose, Evaluation evaluation);

  /** The step's wait has timed out. */
  void timedOut(FlowDraft flow, int step);

  /** Steps that no worker carries out: no answer can be theirs. */
  abstract sealed class Workerless implements StepMachine
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
}

package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.CommandAction;

/** The way forward: which DO is sent next, when a flow is complete, and when it cannot go on. */
final class Forward {

  private Forward() {}

  /**
   * Sends what can be sent, and completes or parks the flow when nothing is left to wait for. A
   * flow with a step that needs an operator is parked although other steps wait for a time or a
   * signal: that may take months, and these waits go on while it is parked.
   */
  static void advance(FlowDraft flow) {
    boolean[] behind = new boolean[flow.steps.length];
    boolean allPassed = true;
    boolean moving = false;
    boolean waiting = false;
    boolean computing = false;
    boolean stuck = false;
    for (int i = 0; i < flow.steps.length; i++) {
      StepDraft step = flow.steps[i];
      if (Conditions.isOfAnotherBranch(flow, i)) {
        // It no longer matters what else it depends on: its branch is not taken.
        Conditions.passOver(flow, i, "its branch is not taken");
      }
      boolean reached = dependenciesBehind(flow, i, behind);
      if (!flow.isPaused() && readyToSend(flow, i, reached)) {
        begin(flow, i);
      }
      if (step.status == StepStatus.WAITING && !flow.signals.isEmpty()) {
        WaitMachine.serve(flow, i);
      }
      if (step.awaitsParts()) {
        Parts.send(flow, i);
        Signals.passOn(flow, i);
      }
      behind[i] = reached && step.passed();
      allPassed &= step.passed();
      waiting |= step.status == StepStatus.WAITING;
      computing |= step.status == StepStatus.COMPUTING;
      stuck |= step.stuck();
      moving |= isMoving(step, reached);
    }
    if (allPassed && Family.needsResult(flow)) {
      flow.evaluate(Purpose.RESULT);
      return;
    }
    if (allPassed) {
      flow.end(FlowStatus.COMPLETED, FlowEventType.FLOW_COMPLETED, null);
      return;
    }
    boolean goesOnByItself = moving || (!stuck && (waiting || computing));
    if (goesOnByItself) {
      Parking.unpark(flow, FlowStatus.IN_PROGRESS);
    } else if (!computing) {
      // Otherwise the value of an expression decides whether the flow goes on.
      Parking.park(flow, parkReason(flow), stuckStep(flow));
    }
  }

  private static void begin(FlowDraft flow, int step) {
    if (Conditions.isOpen(flow, step)) {
      flow.evaluate(step, Purpose.WHEN);
    } else {
      flow.machineOf(step).begin(flow, step);
    }
  }

  /**
   * Whether the step has a command in flight or is about to send one: after a delay, a turn or the
   * end of a pause.
   */
  private static boolean isMoving(StepDraft step, boolean reached) {
    if (step.status == StepStatus.WAITING || step.status == StepStatus.COMPUTING) {
      return false;
    }
    return step.openAttempt > 0
        || step.dueAt > 0
        || step.status == StepStatus.ARMED
        || (step.status == StepStatus.PENDING && reached);
  }

  private static boolean readyToSend(FlowDraft flow, int step, boolean reached) {
    StepDraft draft = flow.steps[step];
    if (draft.status == StepStatus.PENDING) {
      return reached;
    }
    if (draft.status == StepStatus.ARMED) {
      return draft.armedTurn == 0;
    }
    return draft.doBacksOff() && draft.dueAt <= flow.at;
  }

  /**
   * Whether all steps before this one have passed. A step that an operator skipped ahead of its
   * turn counts as passed only once its turn has come.
   *
   * @param behind the steps before this one that have passed together with all steps before them
   */
  private static boolean dependenciesBehind(FlowDraft flow, int step, boolean[] behind) {
    for (int dependency : flow.definition().graph().dependencies(step)) {
      if (!behind[dependency]) {
        return false;
      }
    }
    return true;
  }

  /** Applies the rule for a step that will not be retried: undo, unless the way back is closed. */
  static void givenUp(FlowDraft flow, int step, boolean timedOut) {
    Step definition = flow.definitionOf(step);
    StepDraft draft = flow.steps[step];
    boolean pointOfNoReturn =
        flow.passedPivot() >= 0 || (definition.pivot() && draft.effect.mayExist());
    boolean escalates = timedOut && definition.onTimeout() == OnTimeout.ESCALATE;
    boolean goesOn =
        definition.goesOn() || (timedOut && definition.onTimeout() == OnTimeout.CONTINUE);
    if (goesOn && !escalates) {
      draft.status = StepStatus.GIVEN_UP;
      draft.result = null;
      flow.auditStep(FlowEventType.STEP_GIVEN_UP, step, CommandAction.DO, draft.error);
      return;
    }
    if (pointOfNoReturn || escalates) {
      return;
    }
    String why =
        flow.cancelReason != null
            ? flow.cancelReason
            : "step "
                + definition.name()
                + " "
                + draft.status
                + (draft.error == null ? "" : ": " + draft.error);
    Backward.turn(flow, why);
  }

  private static int stuckStep(FlowDraft flow) {
    for (int i = 0; i < flow.steps.length; i++) {
      if (flow.steps[i].stuck()) {
        return i;
      }
    }
    throw new IllegalStateException(
        "flow " + flow.before().flowId() + " neither moves nor has a step that holds it up");
  }

  private static ParkReason parkReason(FlowDraft flow) {
    int stuck = stuckStep(flow);
    if (flow.definitionOf(stuck).pivot() && flow.steps[stuck].effect.mayExist()) {
      return ParkReason.PIVOT_IN_DOUBT;
    }
    boolean hasTimedOut =
        flow.steps[stuck].status == StepStatus.IN_DOUBT
            || (flow.definitionOf(stuck).work() instanceof Work.Signal
                && !Conditions.hasFailed(flow, stuck));
    boolean escalated = hasTimedOut && flow.definitionOf(stuck).onTimeout() == OnTimeout.ESCALATE;
    return escalated ? ParkReason.ESCALATED : ParkReason.FORWARD_EXHAUSTED;
  }
}

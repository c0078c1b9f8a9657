package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import org.jspecify.annotations.Nullable;

/** The operator's verbs that concern a step: RETRY, SKIP and RESOLVE. */
final class StepControls {

  private StepControls() {}

  static @Nullable String refusal(FlowDraft flow, ControlRequested event) {
    if (event.step() == null) {
      return event.verb() == ControlAction.RETRY
          ? refusalOfRetryAll(flow, event)
          : "stepName is missing: name the step to " + event.verb();
    }
    int step = flow.definition().indexOf(event.step());
    if (step < 0) {
      return "the orchestration has no step " + event.step();
    }
    if (flow.isFaulted() && event.verb() == ControlAction.RETRY) {
      return event.payload() == null || retryable(flow, step)
          ? null
          : "step "
              + event.step()
              + " has not failed"
              + now(flow, step)
              + "; retry without payload";
    }
    if (flow.isFaulted() && flow.steps[step].openAttempt > 0) {
      return "step " + event.step() + " is in flight; RETRY the flow without payload and wait";
    }
    if (flow.steps[step].openAttempt > 0) {
      return "step " + event.step() + " is in flight; wait for its answer or its deadline";
    }
    return switch (event.verb()) {
      case RETRY ->
          retryable(flow, step)
              ? null
              : "step " + event.step() + " has not failed" + now(flow, step);
      case SKIP, RESOLVE ->
          flow.leadsBack() ? refusalBackward(flow, step) : refusalForward(flow, step, event);
      case UNDO, CANCEL, PAUSE, RESUME, ABANDON ->
          throw new IllegalArgumentException(event.verb() + " does not concern a step");
    };
  }

  private static @Nullable String refusalOfRetryAll(FlowDraft flow, ControlRequested event) {
    if (flow.isFaulted() && event.payload() == null) {
      return null;
    }
    int found = 0;
    for (int i = 0; i < flow.steps.length; i++) {
      if (retryable(flow, i)) {
        found++;
      }
    }
    if (found == 0) {
      return "no step of the flow has failed";
    }
    return found > 1 && event.payload() != null
        ? "several steps have failed; name the one that gets the payload in stepName"
        : null;
  }

  private static @Nullable String refusalBackward(FlowDraft flow, int step) {
    return Backward.owesUndo(flow, step)
        ? null
        : "step " + flow.definitionOf(step).name() + " has nothing to undo" + now(flow, step);
  }

  private static @Nullable String refusalForward(FlowDraft flow, int step, ControlRequested event) {
    StepDraft draft = flow.steps[step];
    String name = flow.definitionOf(step).name();
    if (draft.passed()) {
      return "step " + name + " is already behind the flow" + now(flow, step);
    }
    if (draft.status == StepStatus.ARMED && flow.definitionOf(step).pivot()) {
      return "the command of the pivot " + name + " is in flight";
    }
    if (event.verb() == ControlAction.SKIP) {
      return flow.definitionOf(step).pivot() && draft.effect.mayExist()
          ? "it is unknown whether the pivot " + name + " succeeded; RESOLVE it"
          : null;
    }
    boolean sent = draft.stuck() || draft.doBacksOff();
    return Controls.declaresDone(event) || sent
        ? null
        : "step " + name + " has not failed" + now(flow, step);
  }

  private static String now(FlowDraft flow, int step) {
    return "; it is " + flow.steps[step].status;
  }

  private static boolean retryable(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    return flow.leadsBack()
        ? draft.status == StepStatus.UNDO_FAIL && Backward.owesUndo(flow, step)
        : draft.stuck() || draft.doBacksOff();
  }

  static void carryOut(FlowDraft flow, ControlRequested event) {
    Parking.takeUp(flow);
    for (int i = 0; i < flow.steps.length; i++) {
      boolean meant =
          (event.step() == null || flow.definitionOf(i).name().equals(event.step()))
              && (event.verb() != ControlAction.RETRY || retryable(flow, i));
      if (meant) {
        switch (event.verb()) {
          case RETRY -> retry(flow, i, event.payload());
          case SKIP -> skip(flow, i, event);
          case RESOLVE -> resolve(flow, i, event);
          case UNDO, CANCEL, PAUSE, RESUME, ABANDON ->
              throw new IllegalArgumentException(event.verb() + " does not concern a step");
        }
      }
    }
  }

  /**
   * Makes the next attempt due now. One that had used up its attempts begins a new generation, and
   * so counts from the start.
   */
  private static void retry(FlowDraft flow, int step, @Nullable Content payload) {
    StepDraft draft = flow.steps[step];
    if (flow.leadsBack()) {
      if (payload != null) {
        draft.undoInput = payload;
      }
      if (draft.undoExhausted()) {
        draft.raiseGeneration();
        // No answer of an earlier attempt is waited for any more.
        draft.undoAnswers = Math.max(draft.undoAnswers, draft.undoSent);
      }
    } else {
      if (payload != null) {
        draft.input = payload;
      }
      if (draft.stuck() && draft.startedAt == 0 && flow.definitionOf(step).when() != null) {
        // Its condition could not be evaluated; it is asked again.
        draft.status = StepStatus.PENDING;
        return;
      }
      if (draft.stuck()) {
        draft.raiseGeneration();
        draft.status = draft.effect.mayExist() ? StepStatus.IN_DOUBT : StepStatus.DO_FAIL;
      }
    }
    draft.dueAt = flow.at;
  }

  private static void skip(FlowDraft flow, int step, ControlRequested event) {
    StepDraft draft = flow.steps[step];
    draft.rest();
    if (draft.status == StepStatus.ARMED) {
      // A transaction that was aborted may have sent its command.
      draft.effect = draft.effect.or(StepEffect.IN_DOUBT);
      draft.armedTurn = 0;
    }
    draft.status = StepStatus.SKIPPED;
    draft.endedAt = flow.at;
    flow.auditStep(FlowEventType.STEP_SKIPPED, step, null, event.reason());
  }

  private static void resolve(FlowDraft flow, int step, ControlRequested event) {
    StepDraft draft = flow.steps[step];
    draft.rest();
    draft.armedTurn = 0;
    draft.endedAt = flow.at;
    if (flow.leadsBack()) {
      draft.status = StepStatus.RESOLVED;
      draft.effect = StepEffect.NONE;
      flow.auditStep(FlowEventType.STEP_RESOLVED, step, CommandAction.UNDO, event.reason());
      return;
    }
    if (Controls.declaresDone(event)) {
      draft.status = StepStatus.RESOLVED;
      draft.effect = StepEffect.DONE;
      draft.result = event.payload();
      draft.error = null;
      flow.auditStep(FlowEventType.STEP_RESOLVED, step, CommandAction.DO, event.reason());
      return;
    }
    draft.status = StepStatus.FAILED;
    draft.effect = StepEffect.NONE;
    flow.auditStep(
        FlowEventType.STEP_RESOLVED, step, CommandAction.DO, "declared as without effect");
    if (flow.passedPivot() < 0) {
      Backward.turn(flow, "step " + flow.definitionOf(step).name() + " resolved as failed");
    }
  }
}

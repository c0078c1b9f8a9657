package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.Resolution;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.TakenSignal;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import java.util.Objects;
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
          ? refusalOfValue(flow, step, event)
          : "step "
              + event.step()
              + " has not failed"
              + now(flow, step)
              + "; retry without payload";
    }
    if (flow.isFaulted() && flow.steps[step].openAttempt > 0) {
      return "step " + event.step() + " is in flight; RETRY the flow without payload and wait";
    }
    if (flow.steps[step].awaitsParts()) {
      return "step %s waits for its parts: %s them instead".formatted(event.step(), event.verb());
    }
    if (flow.steps[step].openAttempt > 0) {
      return "step " + event.step() + " is in flight; wait for its answer or its deadline";
    }
    return switch (event.verb()) {
      case RETRY ->
          retryable(flow, step)
              ? refusalOfValue(flow, step, event)
              : "step " + event.step() + " has not failed" + now(flow, step);
      case SKIP, RESOLVE ->
          flow.leadsBack() ? refusalBackward(flow, step, event) : refusalForward(flow, step, event);
      case UNDO, CANCEL, PAUSE, RESUME, ABANDON, SIGNAL, ASSIGN ->
          throw new IllegalArgumentException(event.verb() + " does not concern a step");
    };
  }

  /** Why the payload of a RETRY cannot replace the value of the step's expression, or null. */
  private static @Nullable String refusalOfValue(FlowDraft flow, int step, ControlRequested event) {
    if (event.payload() == null || flow.leadsBack()) {
      return null;
    }
    String name = flow.definitionOf(step).name();
    Work work = flow.definitionOf(step).work();
    if (Conditions.hasFailed(flow, step)) {
      return isTruth(event)
          ? null
          : "the condition of step "
              + name
              + " failed: RETRY it without payload, or with"
              + " true or false";
    }
    if (work instanceof Work.Choose choice) {
      return event.resolution() == Resolution.BRANCH
          ? refusalOfBranch(name, choice, event)
          : "step "
              + name
              + " is a choice: RETRY it without payload, or with the index of"
              + " a branch";
    }
    return work instanceof Work.Validate || work instanceof Work.Waits
        ? "step " + name + " has no value: RETRY it without payload, or RESOLVE it"
        : null;
  }

  private static boolean isTruth(ControlRequested event) {
    return event.resolution() == Resolution.TAKEN || event.resolution() == Resolution.NOT_TAKEN;
  }

  private static @Nullable String refusalOfBranch(
      String name, Work.Choose choice, ControlRequested event) {
    Integer branch = event.branch();
    return branch != null && branch < choice.branches().size()
        ? null
        : "step %s has the branches 0 to %d, and no branch %s"
            .formatted(name, choice.branches().size() - 1, branch);
  }

  /** Why this RESOLVE does not settle a step whose condition or choice has failed, or null. */
  private static @Nullable String refusalOfSettling(
      FlowDraft flow, int step, ControlRequested event) {
    String name = flow.definitionOf(step).name();
    boolean isChoice = flow.definitionOf(step).work() instanceof Work.Choose;
    if (isTruth(event)) {
      return Conditions.hasFailed(flow, step)
          ? null
          : "the condition of step " + name + " has not failed" + now(flow, step);
    }
    if (event.resolution() == Resolution.BRANCH) {
      if (!(flow.definitionOf(step).work() instanceof Work.Choose choice)) {
        return "step " + name + " is not a choice";
      }
      return flow.steps[step].stuck() && !Conditions.hasFailed(flow, step)
          ? refusalOfBranch(name, choice, event)
          : "the choice " + name + " has not failed" + now(flow, step);
    }
    return isChoice
        ? "step " + name + " is a choice: RESOLVE it with {\"branch\": n}, or SKIP it to take none"
        : null;
  }

  private static @Nullable String refusalOfRetryAll(FlowDraft flow, ControlRequested event) {
    if (flow.isFaulted() && event.payload() == null) {
      return null;
    }
    int found = 0;
    int last = -1;
    for (int i = 0; i < flow.steps.length; i++) {
      if (retryable(flow, i)) {
        found++;
        last = i;
      }
    }
    if (found == 0) {
      return "no step of the flow has failed";
    }
    return found > 1 && event.payload() != null
        ? "several steps have failed; name the one that gets the payload in stepName"
        : refusalOfValue(flow, last, event);
  }

  private static @Nullable String refusalBackward(
      FlowDraft flow, int step, ControlRequested event) {
    if (isTruth(event) || event.resolution() == Resolution.BRANCH) {
      return "the flow is being undone: nothing is taken any more";
    }
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
    String unsettled = refusalOfSettling(flow, step, event);
    if (unsettled != null || isTruth(event) || event.resolution() == Resolution.BRANCH) {
      return unsettled;
    }
    boolean sent = draft.stuck() || draft.doBacksOff() || draft.status == StepStatus.HELD;
    return Controls.declaresDone(event) || sent
        ? null
        : "step " + name + " has not failed" + now(flow, step);
  }

  private static String now(FlowDraft flow, int step) {
    return "; it is " + flow.steps[step].status;
  }

  private static boolean retryable(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    if (draft.status == StepStatus.HELD) {
      return true;
    }
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
          case RETRY -> retry(flow, i, event);
          case SKIP -> skip(flow, i, event);
          case RESOLVE -> resolve(flow, i, event);
          case UNDO, CANCEL, PAUSE, RESUME, ABANDON, SIGNAL, ASSIGN ->
              throw new IllegalArgumentException(event.verb() + " does not concern a step");
        }
      }
    }
  }

  /**
   * Makes the next attempt due now. A step that has used up its attempts begins a new generation,
   * and so counts from the start.
   */
  private static void retry(FlowDraft flow, int step, ControlRequested event) {
    StepDraft draft = flow.steps[step];
    Content payload = event.payload();
    if (draft.status == StepStatus.HELD) {
      retryHeld(flow, step, payload);
      return;
    }
    if (flow.leadsBack()) {
      if (payload != null) {
        draft.undoInput = payload;
      }
      if (draft.undoExhausted()) {
        draft.raiseGeneration();
        // The step no longer waits for an answer to an earlier attempt.
        draft.undoAnswers = Math.max(draft.undoAnswers, draft.undoSent);
      }
    } else {
      if (Conditions.hasFailed(flow, step)) {
        retryCondition(flow, step, event);
        return;
      }
      if (payload != null && flow.definitionOf(step).work() instanceof Work.Choose) {
        InsideMachine.choose(flow, step, branchOf(event));
        return;
      }
      if (payload != null) {
        draft.input = payload;
      }
      if (draft.stuck()) {
        if (flow.definitionOf(step).isOutside()) {
          draft.retryOutside();
        } else {
          draft.raiseGeneration();
        }
        draft.status = draft.effect.mayExist() ? StepStatus.IN_DOUBT : StepStatus.DO_FAIL;
      }
    }
    draft.dueAt = flow.at;
  }

  /** Sends the held command now, unless its breaker is forced open. */
  private static void retryHeld(FlowDraft flow, int step, @Nullable Content payload) {
    StepDraft draft = flow.steps[step];
    if (payload != null && flow.leadsBack()) {
      draft.undoInput = payload;
    } else if (payload != null) {
      draft.input = payload;
    }
    Holds.release(flow, step, "an operator wants it sent now");
  }

  /** Evaluates the condition again, unless the operator supplies its value. */
  private static void retryCondition(FlowDraft flow, int step, ControlRequested event) {
    if (event.payload() == null) {
      flow.steps[step].status = StepStatus.PENDING;
    } else {
      settle(flow, step, event);
    }
  }

  private static void settle(FlowDraft flow, int step, ControlRequested event) {
    boolean isTaken = event.resolution() == Resolution.TAKEN;
    Conditions.settle(flow, step, isTaken);
    if (isTaken) {
      // Its condition is not evaluated again when the step begins.
      flow.steps[step].startedAt = flow.at;
    }
  }

  private static int branchOf(ControlRequested event) {
    return Objects.requireNonNull(event.branch(), "the request names a branch");
  }

  private static void skip(FlowDraft flow, int step, ControlRequested event) {
    StepDraft draft = flow.steps[step];
    draft.rest();
    if (draft.status == StepStatus.ARMED) {
      // A transaction that was aborted may have sent its command.
      draft.doubtArmed();
      draft.armedTurn = 0;
    }
    draft.status = StepStatus.SKIPPED;
    draft.endedAt = flow.at;
    flow.auditStep(FlowEventType.STEP_SKIPPED, step, null, event.reason());
  }

  private static void resolve(FlowDraft flow, int step, ControlRequested event) {
    StepDraft draft = flow.steps[step];
    if (isTruth(event)) {
      settle(flow, step, event);
      return;
    }
    if (event.resolution() == Resolution.BRANCH) {
      InsideMachine.choose(flow, step, branchOf(event));
      return;
    }
    draft.rest();
    draft.armedTurn = 0;
    draft.endedAt = flow.at;
    if (flow.leadsBack()) {
      draft.status = StepStatus.RESOLVED;
      draft.settle();
      flow.auditStep(FlowEventType.STEP_RESOLVED, step, CommandAction.UNDO, event.reason());
      return;
    }
    if (Controls.declaresDone(event)) {
      draft.status = StepStatus.RESOLVED;
      if (flow.definitionOf(step).isOutside()) {
        draft.raise(StepEffect.DONE, draft.doSent);
      }
      if (flow.definitionOf(step).work() instanceof Work.Signal) {
        draft.takenSignal = new TakenSignal(event.requestedBy(), event.at());
      }
      draft.result = event.payload();
      draft.error = null;
      flow.auditStep(FlowEventType.STEP_RESOLVED, step, CommandAction.DO, event.reason());
      return;
    }
    draft.status = StepStatus.FAILED;
    draft.settle();
    flow.auditStep(
        FlowEventType.STEP_RESOLVED, step, CommandAction.DO, "declared as without effect");
    if (flow.passedPivot() < 0) {
      Backward.turn(flow, "step " + flow.definitionOf(step).name() + " resolved as failed");
    }
  }
}

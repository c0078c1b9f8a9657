package io.doundo.orchestrator.core;

import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The way forward: which DO is sent next, when a flow is complete, and when it cannot go on. */
final class Forward {

  private Forward() {}

  /** Sends what can be sent, and completes or parks the flow when nothing is left to wait for. */
  static void advance(FlowDraft flow) {
    boolean[] behind = new boolean[flow.steps.length];
    boolean allPassed = true;
    boolean moving = false;
    for (int i = 0; i < flow.steps.length; i++) {
      StepDraft step = flow.steps[i];
      boolean reached = dependenciesBehind(flow, i, behind);
      if (!flow.paused && readyToSend(flow, i, reached)) {
        send(flow, i);
      }
      behind[i] = reached && step.passed();
      allPassed &= step.passed();
      moving |= step.openAttempt > 0 || step.dueAt > 0 || awaitsSending(step, reached);
    }
    if (allPassed) {
      flow.end(FlowStatus.COMPLETED, FlowEventType.FLOW_COMPLETED, null);
      return;
    }
    if (moving) {
      Parking.unpark(flow, FlowStatus.IN_PROGRESS);
    } else {
      Parking.park(flow, parkReason(flow), stuckStep(flow));
    }
  }

  /**
   * A step whose command is decided or could be, and only waits for a turn or the end of a pause.
   */
  private static boolean awaitsSending(StepDraft step, boolean reached) {
    return step.status == StepStatus.ARMED || (step.status == StepStatus.PENDING && reached);
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
   * Whether all that comes before the step has passed. A step that an operator passed over ahead of
   * its turn lets nothing by before its own turn has come.
   *
   * @param behind of the steps before this one, which have passed together with all before them
   */
  private static boolean dependenciesBehind(FlowDraft flow, int step, boolean[] behind) {
    for (int dependency : flow.definition().graph().dependencies(step)) {
      if (!behind[dependency]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Sends the step's next DO, or arms it: a pivot's and a {@code dispatch: committed} step's DO may
   * be seen only after the decision to send it is committed.
   */
  private static void send(FlowDraft flow, int step) {
    Step definition = flow.definitionOf(step);
    StepDraft draft = flow.steps[step];
    boolean waitsForCommit = definition.pivot() || definition.remote().committed();
    if (waitsForCommit && draft.status != StepStatus.ARMED) {
      draft.status = StepStatus.ARMED;
      draft.dueAt = 0;
      draft.armedTurn = flow.sendTurn();
      flow.auditStep(FlowEventType.STEP_ARMED, step, Action.DO, null);
      return;
    }
    draft.doSent++;
    draft.openAttempt = draft.doSent;
    draft.dueAt = flow.at + definition.timeout().toMillis();
    draft.status = draft.evidence.mayHaveEffect() ? StepStatus.IN_DOUBT : StepStatus.IN_PROGRESS;
    if (draft.startedAt == 0) {
      draft.startedAt = flow.at;
    }
    List<Content> payload = Payloads.forDo(flow, step);
    flow.auditStep(FlowEventType.STEP_STARTED, step, Action.DO, null);
    flow.add(
        new Effect.DispatchStep(
            step,
            definition.name(),
            Action.DO,
            draft.generation,
            draft.doSent,
            commandId(flow, step, draft.generation, draft.doSent, payload),
            null,
            draft.dueAt,
            payload));
  }

  static String commandId(
      FlowDraft flow, int step, int generation, int attempt, List<Content> payload) {
    return CommandIds.derive(
        flow.before().incarnation(),
        flow.definition().id(),
        flow.definitionOf(step).name(),
        Action.DO,
        generation,
        attempt,
        payload);
  }

  /** A DO attempt has failed or timed out: plans the next one, or gives the step up. */
  static void attemptEnded(
      FlowDraft flow, int step, boolean timedOut, boolean retryable, @Nullable String error) {
    Step definition = flow.definitionOf(step);
    StepDraft draft = flow.steps[step];
    int attempts = draft.doSent - draft.doBase;
    boolean inDoubt = draft.evidence.mayHaveEffect();
    boolean allowed =
        timedOut
            ? definition.onTimeout() == OnTimeout.RETRY
            : retryable && definition.retry().retries(error);
    // A cancel that waits for the pivot ends its attempts, unless one of them may have succeeded:
    // then only a further attempt, or an operator, can tell.
    boolean cancelled = flow.cancelReason != null && !inDoubt;
    if (allowed && !cancelled && attempts < definition.retry().maxAttempts()) {
      String failed =
          commandId(flow, step, draft.generation, draft.doSent, Payloads.forDo(flow, step));
      long delay = Backoff.delayMs(definition.retry(), attempts, failed);
      draft.status = timedOut || inDoubt ? StepStatus.IN_DOUBT : StepStatus.DO_FAIL;
      draft.dueAt = flow.at + delay;
      flow.auditStep(
          FlowEventType.STEP_RETRY_TRIGGERED, step, Action.DO, "next attempt in " + delay + " ms");
      return;
    }
    if (timedOut) {
      draft.status = StepStatus.IN_DOUBT;
      flow.auditStep(
          FlowEventType.STEP_IN_DOUBT, step, Action.DO, "timed out; its outcome is unknown");
    } else if (allowed && !cancelled) {
      draft.status = StepStatus.RETRY_EXHAUSTED;
      flow.auditStep(FlowEventType.STEP_RETRY_EXHAUSTED, step, Action.DO, failed(attempts));
    } else {
      draft.status = StepStatus.FAILED;
    }
    givenUp(flow, step, timedOut);
  }

  static String failed(int attempts) {
    return attempts == 1 ? "1 attempt failed" : attempts + " attempts failed";
  }

  /**
   * Follows the rule for a step that will not be tried again: undo, unless the way back is closed.
   */
  private static void givenUp(FlowDraft flow, int step, boolean timedOut) {
    Step definition = flow.definitionOf(step);
    StepDraft draft = flow.steps[step];
    boolean pointOfNoReturn =
        flow.passedPivot() >= 0 || (definition.pivot() && draft.evidence.mayHaveEffect());
    boolean escalates = timedOut && definition.onTimeout() == OnTimeout.ESCALATE;
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
    if (flow.definitionOf(stuck).pivot() && flow.steps[stuck].evidence.mayHaveEffect()) {
      return ParkReason.PIVOT_IN_DOUBT;
    }
    boolean escalated =
        flow.steps[stuck].status == StepStatus.IN_DOUBT
            && flow.definitionOf(stuck).onTimeout() == OnTimeout.ESCALATE;
    return escalated ? ParkReason.ESCALATED : ParkReason.FORWARD_EXHAUSTED;
  }
}

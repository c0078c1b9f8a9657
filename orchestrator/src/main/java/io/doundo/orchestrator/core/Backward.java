package io.doundo.orchestrator.core;

import io.doundo.orchestrator.definition.RetryPolicy;
import io.doundo.orchestrator.definition.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The way back: what must be undone, in which order, and when nothing is left to undo. */
final class Backward {

  private Backward() {}

  /**
   * Turns the flow to UNDO. The first UNDO waits until this decision is committed, because from
   * here nothing leads forward again. Attempts in flight are drained; those not yet sent are
   * withdrawn.
   */
  static void turn(FlowDraft flow, String why) {
    flow.status = FlowStatus.UNDOING;
    flow.parkReason = null;
    flow.reason = why;
    flow.cancelReason = null;
    flow.deadlineAt = 0;
    flow.endedAt = 0;
    flow.audit(FlowEventType.FLOW_UNDOING, why);
    for (int i = 0; i < flow.steps.length; i++) {
      withdraw(flow.steps[i]);
    }
    if (flow.undoTurn == 0 && owesAnything(flow)) {
      flow.undoTurn = flow.sendTurn();
    }
  }

  /** What is not out yet is not sent any more; what an operator settled forward counts as done. */
  private static void withdraw(StepDraft step) {
    switch (step.status) {
      case ARMED -> {
        // A transaction that read the turn and was aborted may have sent the command.
        step.armedTurn = 0;
        step.evidence = step.evidence.or(Evidence.DOUBT);
        step.status = StepStatus.IN_DOUBT;
      }
      case DO_FAIL -> {
        step.dueAt = 0;
        step.status = StepStatus.FAILED;
      }
      case IN_DOUBT -> {
        if (step.openAttempt == 0) {
          step.dueAt = 0;
        }
      }
      case SKIPPED, RESOLVED -> {
        if (step.evidence.mayHaveEffect()) {
          step.status =
              step.evidence == Evidence.DONE ? StepStatus.DO_SUCCESS : StepStatus.IN_DOUBT;
        }
      }
      case PENDING,
          IN_PROGRESS,
          DO_SUCCESS,
          RETRY_EXHAUSTED,
          FAILED,
          UNDOING,
          UNDO_SUCCESS,
          UNDO_FAIL -> {
        // In flight: drained. Settled: stays.
      }
    }
  }

  private static boolean owesAnything(FlowDraft flow) {
    for (int i = 0; i < flow.steps.length; i++) {
      if (flow.steps[i].doInFlight() || owesUndo(flow, i)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the step may have had an effect that nobody has undone or answered for. */
  static boolean owesUndo(FlowDraft flow, int step) {
    Step definition = flow.definitionOf(step);
    StepDraft draft = flow.steps[step];
    if (!definition.undoable()
        || draft.status == StepStatus.SKIPPED
        || draft.status == StepStatus.RESOLVED) {
      return false;
    }
    return draft.evidence.mayHaveEffect()
        || (draft.evidence == Evidence.CLEAN && definition.undoFailed());
  }

  /** Sends every UNDO whose turn it is; ends or parks the flow when none is left to wait for. */
  static void advance(FlowDraft flow) {
    boolean[] settled = new boolean[flow.steps.length];
    boolean allSettled = true;
    boolean moving = false;
    int exhausted = -1;
    for (int i = flow.steps.length - 1; i >= 0; i--) {
      StepDraft step = flow.steps[i];
      boolean free = dependentsSettled(flow, i, settled);
      boolean ready = free && readyToUndo(flow, i);
      if (ready && flow.undoCommitted && !flow.paused) {
        send(flow, i);
      }
      settled[i] = free && !step.doInFlight() && !owesUndo(flow, i);
      allSettled &= settled[i];
      // A delay before a step whose turn it is not ends nothing: the steps it waits for do.
      moving |= ready || step.openAttempt > 0 || (free && step.dueAt > 0);
      if (ready && flow.undoTurn == 0) {
        // Nothing was owed when the flow turned; now something is.
        flow.undoTurn = flow.sendTurn();
      }
      if (step.undoExhausted() && owesUndo(flow, i)) {
        exhausted = i;
      }
    }
    if (allSettled) {
      if (flow.status != FlowStatus.UNDONE) {
        if (!flow.undoCommitted) {
          // A turn read back after the end finds nobody; a later repair asks for its own.
          flow.undoTurn = 0;
        }
        if (flow.turnedBack != null) {
          flow.reason = flow.turnedBack;
        }
        flow.end(FlowStatus.UNDONE, FlowEventType.FLOW_UNDONE, flow.reason);
      }
    } else if (moving) {
      resume(flow);
    } else {
      Parking.park(flow, ParkReason.UNDO_FAILED, exhausted);
    }
  }

  private static void resume(FlowDraft flow) {
    if (flow.status == FlowStatus.UNDONE) {
      flow.status = FlowStatus.UNDOING;
      flow.endedAt = 0;
      flow.audit(FlowEventType.FLOW_UNDOING, "repair: an effect came to light after the end");
    }
    Parking.unpark(flow, FlowStatus.UNDOING);
  }

  private static boolean dependentsSettled(FlowDraft flow, int step, boolean[] settled) {
    for (int dependent : flow.definition().graph().dependents(step)) {
      if (!settled[dependent]) {
        return false;
      }
    }
    return true;
  }

  private static boolean readyToUndo(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    if (!owesUndo(flow, step) || draft.openAttempt > 0) {
      return false;
    }
    if (draft.status == StepStatus.UNDO_FAIL) {
      return draft.undoBacksOff() && draft.dueAt <= flow.at;
    }
    return true;
  }

  private static void send(FlowDraft flow, int step) {
    Step definition = flow.definitionOf(step);
    StepDraft draft = flow.steps[step];
    draft.undoSent++;
    draft.status = StepStatus.UNDOING;
    draft.openAttempt = draft.undoSent;
    draft.dueAt = flow.at + definition.timeout().toMillis();
    KnownEffect known =
        switch (draft.evidence) {
          case DONE -> KnownEffect.DONE;
          case DOUBT -> KnownEffect.UNKNOWN;
          case CLEAN, NONE -> KnownEffect.FAILED;
        };
    List<Content> payload = Payloads.forUndo(flow, step);
    flow.auditStep(FlowEventType.STEP_STARTED, step, Action.UNDO, null);
    flow.add(
        new Effect.DispatchStep(
            step,
            definition.name(),
            Action.UNDO,
            draft.generation,
            draft.undoSent,
            commandId(flow, step, draft.generation, draft.undoSent, payload),
            known,
            draft.dueAt,
            payload));
  }

  static String commandId(
      FlowDraft flow, int step, int generation, int attempt, List<Content> payload) {
    return CommandIds.derive(
        flow.before().incarnation(),
        flow.definition().id(),
        flow.definitionOf(step).name(),
        Action.UNDO,
        generation,
        attempt,
        payload);
  }

  /**
   * An UNDO attempt has failed or timed out: plans the next one, or leaves the step to an operator.
   */
  static void attemptEnded(FlowDraft flow, int step, boolean retryable, @Nullable String error) {
    RetryPolicy policy = flow.definitionOf(step).undoRetry();
    StepDraft draft = flow.steps[step];
    int attempts = draft.undoSent - draft.undoBase;
    draft.status = StepStatus.UNDO_FAIL;
    if (retryable && policy.retries(error) && attempts < policy.maxAttempts()) {
      String failed =
          commandId(flow, step, draft.generation, draft.undoSent, Payloads.forUndo(flow, step));
      long delay = Backoff.delayMs(policy, attempts, failed);
      draft.dueAt = flow.at + delay;
      flow.auditStep(
          FlowEventType.STEP_RETRY_TRIGGERED,
          step,
          Action.UNDO,
          "next attempt in " + delay + " ms");
    } else {
      draft.dueAt = 0;
      flow.auditStep(
          FlowEventType.STEP_RETRY_EXHAUSTED, step, Action.UNDO, Forward.failed(attempts));
    }
  }
}

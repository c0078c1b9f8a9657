package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchHeld;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.protocol.CommandAction;

/**
 * Commands that a breaker holds back. A held command was not sent: its attempt does not count, its
 * number is free again, and what is known of the step's effect stays. A held step has no deadline.
 * On the way forward it is the DO that is held, on the way back the UNDO.
 */
final class Holds {

  /**
   * After this time a held command is sent past its breaker, unless that is forced open: a flow
   * must not be stranded when a breaker has lost sight of it.
   */
  static final long SAFETY_MS = 600_000;

  private Holds() {}

  /**
   * Asks the breaker of the step, if it has one.
   *
   * @param attempt the number of the command to be sent
   */
  static void ask(FlowDraft flow, int step, CommandAction action, int attempt) {
    String breaker = flow.definitionOf(step).breaker();
    if (breaker != null) {
      String name = flow.definitionOf(step).name();
      boolean past = flow.steps[step].isReleased;
      flow.add(new Effect.AskBreaker(step, name, action, attempt, breaker, past));
    }
  }

  /** Takes back the command, or the decision to send it once that is committed. */
  static void held(FlowDraft flow, int step, DispatchHeld event) {
    StepDraft draft = flow.steps[step];
    boolean isDo = event.action() == CommandAction.DO;
    boolean isArmed = isDo && draft.status == StepStatus.ARMED && draft.armedTurn > 0;
    boolean isSent =
        (isDo ? draft.doInFlight() : draft.undoInFlight()) && draft.openAttempt == event.attempt();
    int sent = isDo ? draft.doSent : draft.undoSent;
    boolean isComputed = draft.status == StepStatus.COMPUTING && sent + 1 == event.attempt();
    if (!isArmed && !isSent && !isComputed) {
      return;
    }
    draft.armedTurn = 0;
    if (!isSent && isDo) {
      draft.doSent++;
    } else if (!isSent) {
      draft.undoSent++;
    }
    flow.auditStep(
        FlowEventType.STEP_HELD,
        step,
        event.action(),
        "not sent: the breaker " + event.breaker() + " is open");
    if (isDo) {
      draft.doSent--;
    } else {
      draft.undoSent--;
    }
    draft.openAttempt = 0;
    if (isDo && flow.leadsBack()) {
      // The flow has turned since, for another command that could not be sent.
      withdraw(draft);
    } else {
      draft.status = StepStatus.HELD;
      draft.dueAt = flow.at + SAFETY_MS;
    }
  }

  /** Makes the held command due now, past a breaker that is not forced open. */
  static void release(FlowDraft flow, int step, String why) {
    StepDraft draft = flow.steps[step];
    if (draft.status != StepStatus.HELD) {
      return;
    }
    CommandAction action = flow.leadsBack() ? CommandAction.UNDO : CommandAction.DO;
    flow.auditStep(FlowEventType.STEP_RELEASED, step, action, why);
    draft.isReleased = true;
    if (!flow.leadsBack()) {
      draft.status = unsent(draft, StepStatus.DO_FAIL);
      draft.dueAt = draft.status == StepStatus.PENDING ? 0 : flow.at;
    } else if (draft.undoSent > draft.undoBase) {
      draft.status = StepStatus.UNDO_FAIL;
      draft.dueAt = flow.at;
    } else {
      draft.status = draft.effect.mayExist() ? StepStatus.IN_DOUBT : StepStatus.FAILED;
      draft.dueAt = 0;
    }
  }

  /** The flow turns back: the held DO is never sent. */
  static void withdraw(StepDraft draft) {
    draft.dueAt = 0;
    draft.status = unsent(draft, StepStatus.FAILED);
  }

  /** What the step is without the held DO. */
  private static StepStatus unsent(StepDraft draft, StepStatus failed) {
    if (draft.effect.mayExist()) {
      return StepStatus.IN_DOUBT;
    }
    return draft.doSent > 0 ? failed : StepStatus.PENDING;
  }

  /** Tells which steps are held now, and which no longer. */
  static void tell(FlowDraft flow) {
    boolean wasOver = flow.before().status().isTerminal();
    boolean isOver = flow.status.isTerminal();
    for (int i = 0; i < flow.steps.length; i++) {
      boolean wasHeld = !wasOver && flow.steps[i].wasHeld();
      boolean isHeld = !isOver && flow.steps[i].status == StepStatus.HELD;
      String breaker = wasHeld == isHeld ? null : flow.definitionOf(i).breaker();
      if (breaker != null) {
        String name = flow.definitionOf(i).name();
        flow.add(isHeld ? new Effect.Hold(name, breaker) : new Effect.Unhold(name, breaker));
      }
    }
  }
}

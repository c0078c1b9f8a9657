package io.doundo.orchestrator.simulation;

import io.doundo.orchestrator.core.Action;
import io.doundo.orchestrator.core.ControlVerb;
import io.doundo.orchestrator.core.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.FlowEvent;
import io.doundo.orchestrator.core.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.FlowEventType;
import io.doundo.orchestrator.core.FlowState;
import io.doundo.orchestrator.core.FlowStatus;

/**
 * I11: a flow that has ended changes its status only by a recorded repair: a completed one by an
 * operator's UNDO, an undone one by an answer that brings an effect to light; never an abandoned or
 * rejected one; only a rejected one gives its flowId free for another life. And whatever changes a
 * flow is a numbered transition with an audit record.
 */
final class TerminalStands implements Invariant {

  @Override
  public void decided(Taken taken) {
    FlowState before = taken.before();
    FlowState next = taken.next();
    if (before == null || !before.incarnation().equals(next.incarnation())) {
      return;
    }
    int step = next.transitions() - before.transitions();
    if (step != 0 && step != 1) {
      throw new Violation("I11", "transition " + next.transitions() + " follows another number");
    }
    if (step == 0 && !sameButTimer(before, next)) {
      throw new Violation("I11", "changes without a transition at " + taken.event());
    }
    if (before.status().isTerminal() && before.status() != next.status()) {
      checkRepair(taken, before, next);
    }
  }

  private static boolean sameButTimer(FlowState before, FlowState next) {
    return before.status() == next.status()
        && before.steps().equals(next.steps())
        && before.controlIds().equals(next.controlIds())
        && before.paused() == next.paused()
        && before.turns() == next.turns()
        && before.undoCommitted() == next.undoCommitted();
  }

  private static void checkRepair(Taken taken, FlowState before, FlowState next) {
    FlowEvent event = taken.event();
    boolean answered =
        (event instanceof StepSucceeded success && success.action() == Action.DO)
            || event instanceof StepFailed
            || event instanceof EffectLanded;
    boolean permitted =
        switch (before.status()) {
          case COMPLETED ->
              event instanceof ControlRequested control && control.verb() == ControlVerb.UNDO;
          case UNDONE -> answered && next.status() == FlowStatus.UNDOING;
          default -> false;
        };
    boolean recorded =
        taken.decision().effects().stream()
            .anyMatch(
                effect ->
                    effect instanceof PublishFlowEvent entry
                        && entry.type() == FlowEventType.FLOW_UNDOING);
    if (!permitted || !recorded) {
      throw new Violation(
          "I11", "goes from " + before.status() + " to " + next.status() + " at " + event);
    }
  }
}

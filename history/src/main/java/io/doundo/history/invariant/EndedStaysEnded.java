package io.doundo.history.invariant;

import io.doundo.history.Transition;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.ChildMoved;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.event.FlowEvent.ParentAsked;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.parts.ParentVerb;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;

/**
 * I11: a flow that has ended changes its status only by a recorded repair: a completed one by an
 * operator's UNDO or because its parent takes it back, an undone one by an answer that reports an
 * effect or by a part that repairs one, a rejected one by an answer that reports an effect; never
 * an abandoned one. And transitions are numbered without gap.
 */
final class EndedStaysEnded implements Invariant {

  @Override
  public String name() {
    return "I11";
  }

  @Override
  public void check(FlowHistory flow, Findings findings) {
    Transition before = null;
    for (Transition next : flow.transitions()) {
      int expected = before == null ? 1 : before.number() + 1;
      findings.unless(
          next.number() == expected,
          this,
          flow,
          () -> "transition " + next.number() + " found where " + expected + " was expected");
      if (before != null && before.status().isTerminal() && before.status() != next.status()) {
        FlowStatus ended = before.status();
        findings.unless(
            isRepair(ended, next),
            this,
            flow,
            () -> "goes from " + ended + " to " + next.status() + " at " + next.input());
      }
      before = next;
    }
  }

  private static boolean isRepair(FlowStatus ended, Transition next) {
    FlowEvent event = next.input();
    boolean answered =
        (event instanceof StepSucceeded success && success.action() == CommandAction.DO)
            || event instanceof StepFailed
            || event instanceof EffectLanded;
    boolean permitted =
        switch (ended) {
          case COMPLETED ->
              (event instanceof ControlRequested control && control.verb() == ControlAction.UNDO)
                  || (event instanceof ParentAsked asked && asked.verb() == ParentVerb.BACK);
          case UNDONE ->
              (answered || event instanceof ChildMoved)
                  && (next.status() == FlowStatus.UNDOING || isStuck(next));
          case REJECTED ->
              answered
                  && (next.status() == FlowStatus.UNDOING || next.status() == FlowStatus.UNDONE);
          default -> false;
        };
    return permitted && next.published(FlowEventType.FLOW_UNDOING);
  }

  /** Whether it parks at once, because the input of its UNDO could not be computed. */
  private static boolean isStuck(Transition next) {
    return next.status() == FlowStatus.PARKED && !next.further().isEmpty();
  }
}

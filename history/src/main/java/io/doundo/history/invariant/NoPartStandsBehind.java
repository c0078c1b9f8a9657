package io.doundo.history.invariant;

import io.doundo.history.History;
import io.doundo.history.Transition;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.CommandAction;
import java.util.List;

/**
 * I13: when a flow is {@code UNDONE}, so are all of its parts, or they never began or were
 * abandoned; and of a race that was won, only the winner has not been undone. Parts that are not to
 * be undone, and those whose step an operator settled, are left alone.
 */
final class NoPartStandsBehind implements Invariant {

  @Override
  public String name() {
    return "I13";
  }

  @Override
  public void check(History history, List<FlowHistory> flows, Findings findings) {
    if (history.quiet().settled()) {
      new FlowTrees(flows).forEach(branch -> check(branch, findings));
    }
  }

  private void check(FlowTrees.Branch branch, Findings findings) {
    FlowHistory parent = branch.parent();
    Step step = branch.step();
    FlowStatus status = branch.part().status();
    boolean stands = status == FlowStatus.COMPLETED || status == FlowStatus.IN_PROGRESS;
    if (!stands || step == null || parent.definition() == null) {
      return;
    }
    boolean byHand = parent.settledByHand().get(parent.definition().indexOf(step.name()));
    boolean kept = isEndless(step) || (!step.undoable() && succeeded(parent, step.name()));
    if (parent.status() == FlowStatus.UNDONE && !byHand && !kept) {
      findings.add(
          this,
          branch.part(),
          "is %s, and the flow that has begun it, %s, is UNDONE"
              .formatted(status, parent.flowId()));
    }
    boolean isOver =
        parent.status() == FlowStatus.COMPLETED
            && branch.place().link().attempt() < last(parent, step);
    findings.unless(
        !isOver || byHand,
        this,
        branch.part(),
        () -> "is %s, and belongs to an attempt that has failed".formatted(status));
  }

  private static boolean isEndless(Step step) {
    return step.work() instanceof Work.Repeat repeat && repeat.isEndless();
  }

  private static boolean succeeded(FlowHistory parent, String step) {
    boolean succeeded = false;
    for (Transition transition : parent.transitions()) {
      for (PublishFlowEvent entry : transition.entries()) {
        if (step.equals(entry.step()) && entry.action() == CommandAction.DO) {
          succeeded |= entry.type() == FlowEventType.STEP_SUCCESS;
        }
      }
    }
    return succeeded;
  }

  /** The number of the last attempt of the step. */
  private static int last(FlowHistory parent, Step step) {
    int last = 0;
    for (Transition transition : parent.transitions()) {
      for (PublishFlowEvent entry : transition.entries()) {
        if (step.name().equals(entry.step()) && entry.type() == FlowEventType.STEP_STARTED) {
          last = entry.action() == CommandAction.DO ? Math.max(last, entry.attempt()) : last;
        }
      }
    }
    return last;
  }
}

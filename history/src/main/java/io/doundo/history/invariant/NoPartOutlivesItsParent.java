package io.doundo.history.invariant;

import io.doundo.history.History;
import io.doundo.orchestrator.core.state.FlowStatus;
import java.util.List;

/** I14: when a flow has ended, all of its parts have, or wait for an operator. */
final class NoPartOutlivesItsParent implements Invariant {

  @Override
  public String name() {
    return "I14";
  }

  @Override
  public void check(History history, List<FlowHistory> flows, Findings findings) {
    if (history.quiet().settled()) {
      new FlowTrees(flows).forEach(branch -> check(branch, findings));
    }
  }

  private void check(FlowTrees.Branch branch, Findings findings) {
    FlowStatus above = branch.parent().status();
    FlowStatus status = branch.part().status();
    boolean hasEnded = above != null && above.isTerminal();
    boolean runsOn = status != null && !status.isTerminal() && status != FlowStatus.PARKED;
    findings.unless(
        !(hasEnded && runsOn),
        this,
        branch.part(),
        () ->
            "is still %s, and the flow that has begun it, %s, is %s"
                .formatted(status, branch.parent().flowId(), above));
  }
}

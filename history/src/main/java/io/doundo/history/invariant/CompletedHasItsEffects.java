package io.doundo.history.invariant;

import io.doundo.history.LedgerLine;
import io.doundo.history.StepWorker;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import java.util.BitSet;
import java.util.Set;

/**
 * I2: when a flow is {@code COMPLETED}, each step has exactly one effect, unless an operator
 * settled it or nothing was left to do. A plain worker has its effect at least once; an SDK worker
 * may have two where a fault window was declared.
 */
final class CompletedHasItsEffects implements Invariant {

  @Override
  public String name() {
    return "I2";
  }

  @Override
  public void check(FlowHistory flow, Findings findings) {
    Orchestration definition = flow.definition();
    if (flow.status() != FlowStatus.COMPLETED || definition == null) {
      return;
    }
    BitSet settled = flow.settledByHand();
    Set<String> passedOver = flow.passedAs(FlowEventType.STEP_NOT_TAKEN);
    passedOver.addAll(flow.passedAs(FlowEventType.STEP_GIVEN_UP));
    for (int i = 0; i < definition.steps().size(); i++) {
      Step step = definition.steps().get(i);
      StepWorker.Kind kind = flow.servedBy(step.name());
      if (kind == null || settled.get(i) || passedOver.contains(step.name())) {
        continue;
      }
      int standing = StandingEffects.standing(flow, step.name()).size();
      findings.unless(
          standing > 0 || flow.foundUnchanged(step.name()),
          this,
          flow,
          () -> "COMPLETED, but step " + step.name() + " has no effect");
      boolean manyAllowed = kind != StepWorker.Kind.FENCED || wasInWindow(flow, step.name());
      findings.unless(
          standing <= 1 || manyAllowed,
          this,
          flow,
          () -> "COMPLETED, but step " + step.name() + " has " + standing + " effects");
    }
  }

  private static boolean wasInWindow(FlowHistory flow, String step) {
    for (LedgerLine line : flow.ledger()) {
      if (line.step().equals(step) && flow.inWindow(line.at(), step)) {
        return true;
      }
    }
    return false;
  }
}

package io.doundo.history.invariant;

import io.doundo.history.LedgerLine;
import io.doundo.history.Service;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import java.util.BitSet;

/**
 * I2: when a flow is {@code COMPLETED}, each step that no operator settled by hand has its effect,
 * and it is one. A plain worker has its effects at least once; an SDK worker may have two where a
 * fault window was declared.
 */
final class CompletedHasItsEffects implements Invariant {

  @Override
  public String name() {
    return "I2";
  }

  @Override
  public void judge(Life life, Findings findings) {
    Orchestration definition = life.definition();
    if (life.status() != FlowStatus.COMPLETED || definition == null) {
      return;
    }
    BitSet settled = life.settledByHand();
    for (int i = 0; i < definition.steps().size(); i++) {
      Step step = definition.steps().get(i);
      Service.Kind kind = life.servedBy(step.name());
      if (kind == null || settled.get(i)) {
        continue;
      }
      int standing = World.standing(life, step.name()).size();
      findings.unless(
          standing > 0, this, life, () -> "COMPLETED, but step " + step.name() + " has no effect");
      boolean manyAllowed = kind != Service.Kind.FENCED || wasInWindow(life, step.name());
      findings.unless(
          standing <= 1 || manyAllowed,
          this,
          life,
          () -> "COMPLETED, but step " + step.name() + " has " + standing + " effects");
    }
  }

  private static boolean wasInWindow(Life life, String step) {
    for (LedgerLine line : life.ledger()) {
      if (line.step().equals(step) && life.inWindow(line.at(), step)) {
        return true;
      }
    }
    return false;
  }
}

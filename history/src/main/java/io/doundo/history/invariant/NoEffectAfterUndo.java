package io.doundo.history.invariant;

import io.doundo.history.LedgerLine;
import io.doundo.history.StepWorker;
import io.doundo.protocol.CommandAction;

/**
 * I4: behind a fence, no DO begins once an UNDO of its step has begun, or has found nothing and
 * left a tombstone; but where the tombstone was lost in between, with all that the fence knew.
 */
final class NoEffectAfterUndo implements Invariant {

  @Override
  public String name() {
    return "I4";
  }

  @Override
  public void check(FlowHistory flow, Findings findings) {
    for (LedgerLine undo : flow.ledger()) {
      if (undo.action() != CommandAction.UNDO
          || flow.servedBy(undo.step()) != StepWorker.Kind.FENCED) {
        continue;
      }
      for (LedgerLine line : flow.ledger()) {
        boolean after =
            line.action() == CommandAction.DO
                && line.step().equals(undo.step())
                && line.began() > undo.began()
                && !flow.fenceLostBetween(undo.began(), line.began());
        if (after) {
          findings.add(
              this,
              flow,
              "a DO of %s begins at %d, after its UNDO at %d"
                  .formatted(line.step(), line.began(), undo.began()));
          return;
        }
      }
    }
  }
}

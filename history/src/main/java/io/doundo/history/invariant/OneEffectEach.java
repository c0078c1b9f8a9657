package io.doundo.history.invariant;

import io.doundo.history.LedgerLine;
import io.doundo.history.RecordedCommand;
import io.doundo.history.StepWorker;
import java.util.HashSet;
import java.util.Set;

/**
 * I5: no command is committed twice, and behind a fence each step has, in a generation, at most one
 * effect of each action; but where a fault window was declared.
 */
final class OneEffectEach implements Invariant {

  @Override
  public String name() {
    return "I5";
  }

  @Override
  public void check(FlowHistory flow, Findings findings) {
    Set<String> seen = new HashSet<>();
    for (RecordedCommand command : flow.sent()) {
      String key = command.step() + '|' + command.action() + '|' + command.attempt();
      if (command.committed() && !seen.add(key)) {
        findings.add(this, flow, "committed twice: " + key);
      }
    }
    seen.clear();
    for (LedgerLine line : flow.ledger()) {
      boolean effect =
          line.kind() == LedgerLine.Kind.CREATED || line.kind() == LedgerLine.Kind.REMOVED;
      String key = line.step() + '|' + line.action() + '|' + line.generation();
      if (effect
          && flow.servedBy(line.step()) == StepWorker.Kind.FENCED
          && !flow.inWindow(line.at(), line.step())
          && !seen.add(key)) {
        findings.add(this, flow, "a second effect of " + key);
      }
    }
  }
}

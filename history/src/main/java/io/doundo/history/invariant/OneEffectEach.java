package io.doundo.history.invariant;

import io.doundo.history.LedgerLine;
import io.doundo.history.Sent;
import io.doundo.history.Service;
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
  public void judge(Life life, Findings findings) {
    Set<String> seen = new HashSet<>();
    for (Sent command : life.sent()) {
      String key = command.step() + '|' + command.action() + '|' + command.attempt();
      if (command.committed() && !seen.add(key)) {
        findings.add(this, life, "committed twice: " + key);
      }
    }
    seen.clear();
    for (LedgerLine line : life.ledger()) {
      boolean effect =
          line.kind() == LedgerLine.Kind.CREATED || line.kind() == LedgerLine.Kind.REMOVED;
      String key = line.step() + '|' + line.action() + '|' + line.generation();
      if (effect
          && life.servedBy(line.step()) == Service.Kind.FENCED
          && !life.inWindow(line.at(), line.step())
          && !seen.add(key)) {
        findings.add(this, life, "a second effect of " + key);
      }
    }
  }
}

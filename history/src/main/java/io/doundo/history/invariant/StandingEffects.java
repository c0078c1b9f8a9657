package io.doundo.history.invariant;

import io.doundo.history.LedgerLine;
import io.doundo.protocol.CommandAction;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The world according to a ledger. */
final class StandingEffects {

  private StandingEffects() {}

  /** The things of a step that stand after the last line. */
  static Set<String> standing(FlowHistory flow, String step) {
    Set<String> things = new LinkedHashSet<>(2);
    for (LedgerLine line : flow.ledger()) {
      if (!line.step().equals(step)) {
        continue;
      }
      String thing = line.thing();
      if (line.kind() == LedgerLine.Kind.CREATED) {
        things.add(thing == null ? "" : thing);
      } else if (line.kind() == LedgerLine.Kind.REMOVED) {
        if (thing == null) {
          things.clear();
        } else {
          things.remove(thing);
        }
      }
    }
    return things;
  }

  /** The last line that changed the world, or null. */
  static @Nullable LedgerLine lastChange(FlowHistory flow, String step) {
    LedgerLine last = null;
    for (LedgerLine line : flow.ledger()) {
      if (line.step().equals(step) && changes(line)) {
        last = line;
      }
    }
    return last;
  }

  private static boolean changes(LedgerLine line) {
    return line.kind() == LedgerLine.Kind.CREATED || line.kind() == LedgerLine.Kind.REMOVED;
  }

  /** Whether an UNDO of its step was carried out before it, whether or not that found something. */
  static boolean undoneBefore(FlowHistory flow, LedgerLine effect) {
    for (LedgerLine line : flow.ledger()) {
      if (line.step().equals(effect.step())
          && line.action() == CommandAction.UNDO
          && line.at() <= effect.at()
          && line.kind() != LedgerLine.Kind.NOTHING_DONE) {
        return true;
      }
    }
    return false;
  }
}

package io.doundo.orchestrator.history;

import io.doundo.protocol.CommandAction;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a ledger says of the world. */
final class World {

  private World() {}

  /** The things of a step that stand after the last line. */
  static Set<String> standing(Life life, String step) {
    Set<String> things = new LinkedHashSet<>(2);
    for (LedgerLine line : life.ledger()) {
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
  static @Nullable LedgerLine lastChange(Life life, String step) {
    LedgerLine last = null;
    for (LedgerLine line : life.ledger()) {
      if (line.step().equals(step) && changes(line)) {
        last = line;
      }
    }
    return last;
  }

  private static boolean changes(LedgerLine line) {
    return line.kind() == LedgerLine.Kind.CREATED || line.kind() == LedgerLine.Kind.REMOVED;
  }

  /** Whether an UNDO was carried out in the world, whether or not it found something. */
  static boolean everUndone(Life life, String step) {
    for (LedgerLine line : life.ledger()) {
      if (line.step().equals(step)
          && line.action() == CommandAction.UNDO
          && line.kind() != LedgerLine.Kind.NOTHING_DONE) {
        return true;
      }
    }
    return false;
  }
}

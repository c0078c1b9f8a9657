package io.doundo.orchestrator.simulation;

import io.doundo.orchestrator.core.Action;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one step's workers really did, append-only. The n-th entry is the n-th effect. */
final class Ledger {

  /**
   * An effect in the world.
   *
   * @param attempt the attempt whose command it came from
   * @param reported whether the orchestrator is told of it
   */
  record Entry(long at, Action action, int attempt, boolean reported) {}

  private final List<Entry> entries = new ArrayList<>(4);

  void did(long at, int attempt, boolean reported) {
    entries.add(new Entry(at, Action.DO, attempt, reported));
  }

  void undid(long at, int attempt) {
    entries.add(new Entry(at, Action.UNDO, attempt, true));
  }

  /** The latest effect: if it is a DO, something stands in the world. An UNDO removes it all. */
  @Nullable Entry last() {
    return entries.isEmpty() ? null : entries.get(entries.size() - 1);
  }

  /** Whether something stands in the world. */
  boolean stands() {
    Entry last = last();
    return last != null && last.action() == Action.DO;
  }

  /** Whether any UNDO came before the last effect. */
  boolean everUndone() {
    return entries.stream().anyMatch(entry -> entry.action() == Action.UNDO);
  }
}

package io.doundo.launcher.dev;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What the workers did, in the order in which they did it. Entries are only ever added. */
final class Ledger {

  /**
   * One command that was worked on.
   *
   * @param effective whether it changed anything: a DO that succeeded, or an UNDO
   */
  record Entry(String flowId, String step, String action, int attempt, boolean effective) {

    Entry withEffect(boolean changed) {
      return new Entry(flowId, step, action, attempt, changed);
    }
  }

  private final List<Entry> entries = new ArrayList<>();

  synchronized void add(Entry entry) {
    entries.add(entry);
  }

  /** The entries so far. */
  synchronized List<Entry> entries() {
    return List.copyOf(entries);
  }

  List<Entry> of(String flowId) {
    return entries().stream().filter(entry -> entry.flowId().equals(flowId)).toList();
  }

  List<Entry> of(String flowId, String step) {
    return of(flowId).stream().filter(entry -> entry.step().equals(step)).toList();
  }

  long count(Predicate<Entry> which) {
    return entries().stream().filter(which).count();
  }

  /** Whether the step's effect stands: what was done last, counts. */
  boolean stands(String flowId, String step) {
    return of(flowId, step).stream()
        .filter(Entry::effective)
        .reduce((earlier, later) -> later)
        .filter(last -> last.action().equals("DO"))
        .isPresent();
  }
}

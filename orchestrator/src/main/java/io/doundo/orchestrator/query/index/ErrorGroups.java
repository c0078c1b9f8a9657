package io.doundo.orchestrator.query.index;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The groups of errors by their numbers. There are at most 10,000; every further error falls into
 * one group for all the others. One thread adds, any may look up.
 */
final class ErrorGroups {

  static final int MOST = 10_000;

  /** The number of {@link ErrorGroup#OTHER}; 0 is no group at all. */
  static final int OTHER = 1;

  private static final int MOST_REMEMBERED = 4_096;

  private record Source(
      String orchestration, String step, String action, String kind, String text) {}

  private final Dictionary<ErrorGroup> groups = new Dictionary<>();

  /** A worker that is down gives the same answer thousands of times. */
  private final Map<Source, Integer> remembered = new HashMap<>();

  ErrorGroups() {
    addFirst();
  }

  private void addFirst() {
    groups.add(new ErrorGroup("", "", "", "", "", ""));
    groups.add(ErrorGroup.OTHER);
  }

  Dictionary<ErrorGroup> dictionary() {
    return groups;
  }

  int add(String orchestration, String step, String action, String kind, String text) {
    Source source = new Source(orchestration, step, action, kind, text);
    Integer known = remembered.get(source);
    if (known != null) {
      return known;
    }
    ErrorGroup group = Fingerprint.group(orchestration, step, action, kind, text);
    Integer number = groups.find(group);
    if (number == null) {
      number = groups.size() < MOST + 2 ? groups.add(group) : OTHER;
    }
    if (remembered.size() >= MOST_REMEMBERED) {
      remembered.clear();
    }
    remembered.put(source, number);
    return number;
  }

  void clear() {
    remembered.clear();
    groups.clear();
    addFirst();
  }

  /** Groups as they were numbered before. */
  void restore(List<ErrorGroup> all) {
    remembered.clear();
    groups.clear();
    all.forEach(groups::add);
  }
}

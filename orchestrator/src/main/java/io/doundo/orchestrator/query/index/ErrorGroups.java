package io.doundo.orchestrator.query.index;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The groups of errors by their numbers. There are at most 10,000 at a time; every further error
 * falls into one group for all the others, until some are no longer used. One thread adds, any may
 * look up.
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

  /** Numbers that no row has any more. */
  private final Deque<Integer> free = new ArrayDeque<>();

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
    int number = add(group);
    if (remembered.size() >= MOST_REMEMBERED) {
      remembered.clear();
    }
    remembered.put(source, number);
    return number;
  }

  /** The number of a group. */
  int add(ErrorGroup group) {
    Integer known = groups.find(group);
    if (known != null) {
      return known;
    }
    Integer freed = free.poll();
    if (freed != null) {
      groups.replace(freed, group);
      return freed;
    }
    return isFull() ? OTHER : groups.add(group);
  }

  /** Whether a new group needs the number of one that is no longer used. */
  boolean isFull() {
    return groups.size() >= MOST + 2;
  }

  /** Gives the numbers of all other groups to new ones. */
  void keepOnly(BitSet used) {
    free.clear();
    remembered.clear();
    for (int number = OTHER + 1; number < groups.size(); number++) {
      if (!used.get(number)) {
        free.add(number);
      }
    }
  }
}

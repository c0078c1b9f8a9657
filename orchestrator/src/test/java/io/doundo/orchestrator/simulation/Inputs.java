package io.doundo.orchestrator.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The input partitions of the orchestrator's task, which it reads in any order between them. */
final class Inputs {

  private final Partition starts = new Partition("start");
  private final Partition answers = new Partition("response");
  private final Partition rekeyed = new Partition("rekey");
  private final Partition controls = new Partition("control");
  private final List<Partition> all = List.of(starts, answers, rekeyed, controls);
  private final List<Partition> readable = new ArrayList<>(all.size());

  Partition starts() {
    return starts;
  }

  /** Answers keyed by their flow come here, others through the topic of moved records. */
  Partition answers(boolean keyed) {
    return keyed ? answers : rekeyed;
  }

  /** Records that were moved, and turns. */
  Partition rekeyed() {
    return rekeyed;
  }

  Partition controls() {
    return controls;
  }

  /**
   * The partitions with something to read, until the next call.
   *
   * @param flowKnown without it only starts are read: what comes before its flow is held
   */
  List<Partition> readable(boolean flowKnown) {
    readable.clear();
    for (Partition input : all) {
      if (input.hasUnread() && (flowKnown || input == starts)) {
        readable.add(input);
      }
    }
    return readable;
  }

  /** All unread records, without reading them. */
  List<Partition.Appended> unread() {
    List<Partition.Appended> unread = new ArrayList<>();
    all.forEach(input -> unread.addAll(input.unread()));
    return unread;
  }

  /** When the oldest of the next unread records was appended. */
  long oldestUnread() {
    long oldest = Long.MAX_VALUE;
    for (Partition input : all) {
      oldest = Math.min(oldest, input.oldestUnread());
    }
    return oldest;
  }

  /** Any of them. */
  Partition any(Dice dice) {
    return all.get(dice.below(all.size()));
  }

  /** The next offsets by topic and partition, as committed. */
  Map<String, Long> consumed() {
    Map<String, Long> offsets = new HashMap<>();
    all.forEach(input -> offsets.put(input.topic() + "-0", input.committed()));
    return offsets;
  }

  void commit() {
    all.forEach(Partition::commit);
  }

  void abort() {
    all.forEach(Partition::abort);
  }
}

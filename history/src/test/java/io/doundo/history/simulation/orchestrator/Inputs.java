package io.doundo.history.simulation.orchestrator;

import io.doundo.history.simulation.Dice;
import io.doundo.history.simulation.Partition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The input partitions of the orchestrator's task, which it reads in any order between them. */
public final class Inputs {

  private final Partition starts = new Partition("start");
  private final Partition answers = new Partition("response");
  private final Partition rekeyed = new Partition("rekey");
  private final Partition controls = new Partition("control");
  private final List<Partition> all = List.of(starts, answers, rekeyed, controls);
  private final List<Partition> readable = new ArrayList<>(all.size());

  public Partition starts() {
    return starts;
  }

  /** Answers keyed by their flow come here, others through the topic of moved records. */
  public Partition answers(boolean keyed) {
    return keyed ? answers : rekeyed;
  }

  /** Records that were moved, and turns. */
  public Partition rekeyed() {
    return rekeyed;
  }

  public Partition controls() {
    return controls;
  }

  /**
   * The partitions with something to read, until the next call.
   *
   * @param flowKnown without it only starts are read: what comes before its flow is held
   */
  public List<Partition> readable(boolean flowKnown) {
    readable.clear();
    for (Partition input : all) {
      if (input.hasUnread() && (flowKnown || input == starts)) {
        readable.add(input);
      }
    }
    return readable;
  }

  /** All unread records, without reading them. */
  public List<Partition.Appended> unread() {
    List<Partition.Appended> unread = new ArrayList<>();
    all.forEach(input -> unread.addAll(input.unread()));
    return unread;
  }

  /** When the oldest of the next unread records was appended. */
  public long oldestUnread() {
    long oldest = Long.MAX_VALUE;
    for (Partition input : all) {
      oldest = Math.min(oldest, input.oldestUnread());
    }
    return oldest;
  }

  /** Any of them. */
  public Partition any(Dice dice) {
    return all.get(dice.below(all.size()));
  }

  /** The next offsets by topic and partition, as committed. */
  public Map<String, Long> consumed() {
    Map<String, Long> offsets = new HashMap<>();
    all.forEach(input -> offsets.put(input.topic() + "-0", input.committed()));
    return offsets;
  }

  public void commit() {
    all.forEach(Partition::commit);
  }

  public void abort() {
    all.forEach(Partition::abort);
  }
}

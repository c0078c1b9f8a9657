package io.doundo.history.simulation.orchestrator;

import io.doundo.history.simulation.Dice;
import io.doundo.history.simulation.Partition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The input partitions of the orchestrator's task, which interleaves them in any order. */
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

  /** Receives answers keyed by their flow; others arrive through the topic of moved records. */
  public Partition answers(boolean keyed) {
    return keyed ? answers : rekeyed;
  }

  /** Receives moved records and turns. */
  public Partition rekeyed() {
    return rekeyed;
  }

  public Partition controls() {
    return controls;
  }

  /**
   * The partitions with something to read, until the next call.
   *
   * @param flowKnown if false, only starts are read: records that arrive before their flow are held
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

  /** When the oldest of the partitions' next unread records was appended. */
  public long oldestUnread() {
    long oldest = Long.MAX_VALUE;
    for (Partition input : all) {
      oldest = Math.min(oldest, input.oldestUnread());
    }
    return oldest;
  }

  /** A random partition. */
  public Partition any(Dice dice) {
    return all.get(dice.below(all.size()));
  }

  /** The committed offsets by topic and partition. */
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

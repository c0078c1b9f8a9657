package io.doundo.worker.delivery;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The commands of one partition while it is assigned: what can be committed, and whose turn it is.
 * Commands of one flow, step and action go one after the other; all others side by side.
 * Thread-safe.
 */
final class AssignedPartition {

  /** The longest distance between the oldest open command and the newest. */
  private static final long MAX_SPAN = 1_000_000;

  private final GuardedFence fence;
  private final OffsetTracker offsets;
  private final long endAtAssignment;
  private final Map<Object, Queue<Delivery>> lanes = new HashMap<>();
  private int pending;
  private boolean letGo;

  /**
   * Makes a partition.
   *
   * @param fence of its commands
   * @param position the first offset to be delivered
   * @param endAtAssignment up to here, commands may have been delivered to another worker before
   */
  AssignedPartition(GuardedFence fence, long position, long endAtAssignment) {
    this.fence = fence;
    this.offsets = new OffsetTracker(position);
    this.endAtAssignment = endAtAssignment;
  }

  GuardedFence fence() {
    return fence;
  }

  boolean mayBeRedelivered(long offset) {
    return offset < endAtAssignment;
  }

  synchronized void delivered(long offset) {
    offsets.delivered(offset);
    pending++;
  }

  synchronized void settled(long offset) {
    offsets.settled(offset);
    pending--;
  }

  /** Lines a command up; it is to begin at once when this returns true. */
  synchronized boolean lineUp(Delivery delivery) {
    Queue<Delivery> lane = lanes.get(delivery.lane());
    if (lane == null) {
      lanes.put(delivery.lane(), new ArrayDeque<>(List.of(delivery)));
      return true;
    }
    lane.add(delivery);
    return false;
  }

  /** Ends a command's turn; the next one of its lane, if any, is to begin. */
  synchronized @Nullable Delivery leave(Delivery delivery) {
    Queue<Delivery> lane = lanes.get(delivery.lane());
    if (lane == null || !lane.remove(delivery)) {
      return null;
    }
    Delivery next = lane.peek();
    if (next == null) {
      lanes.remove(delivery.lane());
    }
    return next;
  }

  synchronized int pending() {
    return pending;
  }

  synchronized boolean full(int maxPending) {
    return pending >= maxPending || offsets.span() >= MAX_SPAN;
  }

  synchronized boolean roomy(int maxPending) {
    return pending <= maxPending / 2 && offsets.span() < MAX_SPAN;
  }

  /** The offset to commit, or -1 when nothing is new. */
  synchronized long toCommit() {
    return offsets.advanced() ? offsets.committable() : -1;
  }

  synchronized void committed(long offset) {
    offsets.committed(offset);
  }

  /** It is another worker's now: nothing more begins, and nothing more is committed. */
  synchronized void letGo() {
    letGo = true;
  }

  synchronized boolean isLetGo() {
    return letGo;
  }
}

package io.doundo.worker.delivery;

import java.util.BitSet;

/**
 * Which offsets of a partition are settled, and so how far it can be committed: up to the first one
 * that is not. Offsets that the log skips count as settled. Not thread-safe.
 */
final class OffsetTracker {

  /** The number of settled offsets that are remembered before they are dropped together. */
  static final int MOST_SETTLED = 10_000;

  /** Set for each offset from {@code base} on that was delivered and is not settled yet. */
  private final BitSet open = new BitSet();

  private long base;
  private long next;
  private long committed;

  /** Begins with the first offset that will be delivered. */
  OffsetTracker(long first) {
    this.base = first;
    this.next = first;
    this.committed = first;
  }

  void delivered(long offset) {
    if (offset < next) {
      throw new IllegalArgumentException("offset " + offset + " was already delivered");
    }
    next = offset + 1;
    open.set(index(offset));
  }

  void settled(long offset) {
    open.clear(index(offset));
  }

  private int index(long offset) {
    return Math.toIntExact(offset - base);
  }

  /** How many offsets lie between the first open one and the last delivered one. */
  long span() {
    return next - committable();
  }

  /** The offset to commit: the first one that is not settled. */
  long committable() {
    int first = open.nextSetBit(0);
    return first < 0 ? next : base + first;
  }

  /** Whether there is something to commit. */
  boolean advanced() {
    return committable() > committed;
  }

  void committed(long offset) {
    committed = Math.max(committed, offset);
    int settled = index(offset);
    if (settled > MOST_SETTLED) {
      // Nothing may be open any more, and the set then ends before what is settled.
      BitSet rest = open.get(settled, Math.max(settled, open.length()));
      open.clear();
      open.or(rest);
      base = offset;
    }
  }
}

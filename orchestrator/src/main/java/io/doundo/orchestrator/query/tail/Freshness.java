package io.doundo.orchestrator.query.tail;

import java.util.Arrays;

/**
 * Up to when everything that was committed has been read: of each partition the last time at which
 * nothing of it was left unread, and of these the earliest. One thread writes, any may read.
 */
final class Freshness {

  private long[] upToDateAt = new long[0];
  private volatile long asOf;

  /**
   * Begins to follow this many partitions; nothing is up to date.
   *
   * @param at what is known has not changed since then, ms since the epoch
   */
  void begin(int partitions, long at) {
    upToDateAt = new long[partitions];
    Arrays.fill(upToDateAt, at);
    asOf = at;
  }

  /** Nothing of the partition was left unread at this time, ms since the epoch. */
  void upToDate(int partition, long at) {
    upToDateAt[partition] = Math.max(upToDateAt[partition], at);
  }

  /** Ends a look at all partitions. */
  void publish() {
    long earliest = Long.MAX_VALUE;
    for (long at : upToDateAt) {
      earliest = Math.min(earliest, at);
    }
    asOf = earliest == Long.MAX_VALUE ? asOf : earliest;
  }

  /** Ms since the epoch; 0 before anything was up to date. */
  long asOf() {
    return asOf;
  }
}

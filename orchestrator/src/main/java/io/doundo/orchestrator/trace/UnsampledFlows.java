package io.doundo.orchestrator.trace;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The records of flows that are not sampled, as they stand in the audit log, until their flow turns
 * out to be worth a trace or ends: most end, and none of their records is decoded. Within a budget,
 * and for an hour of rest at most; a flow that is forgotten is traced from its next record on. Of
 * one partition; not thread-safe.
 */
final class UnsampledFlows {

  /** Further records of a flow are not kept. */
  static final int MOST_BYTES_OF_A_FLOW = 256 * 1024;

  /** Of more flows in one partition, those that rest longest are forgotten. */
  private static final int MOST_FLOWS = 20_000;

  private final Budget budget;

  /** By incarnation, the one that rests longest first. */
  private final Map<String, Held> flows = new LinkedHashMap<>(64, 0.75f, true);

  private long newestAt;

  /** A record of the audit log. */
  static final class Stored {

    private final long offset;
    private final long at;
    private final byte[] value;

    /**
     * @param at when it was written, ms since the epoch
     */
    Stored(long offset, long at, byte[] value) {
      this.offset = offset;
      this.at = at;
      this.value = value;
    }

    long offset() {
      return offset;
    }

    byte[] value() {
      return value;
    }
  }

  /** How much memory the records take, of all partitions that one thread reads. */
  static final class Budget {

    private final long most;
    private long bytes;

    /**
     * @param most bytes
     */
    Budget(long most) {
      this.most = most;
    }

    long bytes() {
      return bytes;
    }
  }

  private static final class Held {
    private final long firstOffset;
    private final List<Stored> records = new ArrayList<>(4);
    private long bytes;
    private long lastAt;

    Held(long firstOffset) {
      this.firstOffset = firstOffset;
    }
  }

  UnsampledFlows(Budget budget) {
    this.budget = budget;
  }

  void hold(String incarnation, Stored record) {
    Held flow = flows.computeIfAbsent(incarnation, unknown -> new Held(record.offset()));
    flow.lastAt = record.at;
    newestAt = Math.max(newestAt, record.at);
    int size = record.value().length;
    if (flow.bytes + size <= MOST_BYTES_OF_A_FLOW) {
      flow.records.add(record);
      flow.bytes += size;
      budget.bytes += size;
    }
    forgetOldest();
  }

  private void forgetOldest() {
    Iterator<Held> restingLongest = flows.values().iterator();
    while (restingLongest.hasNext()) {
      Held flow = restingLongest.next();
      boolean rests = newestAt - flow.lastAt > AuditSpans.LONGEST_REST_MS;
      if (!rests && flows.size() <= MOST_FLOWS && budget.bytes <= budget.most) {
        return;
      }
      budget.bytes -= flow.bytes;
      restingLongest.remove();
    }
  }

  /** The records of a flow, in their order; they are held no longer. */
  List<Stored> release(String incarnation) {
    Held flow = flows.remove(incarnation);
    if (flow == null) {
      return List.of();
    }
    budget.bytes -= flow.bytes;
    return flow.records;
  }

  /** The first offset that has to be read again to hold what is held now. */
  long needed(long position) {
    long needed = position;
    for (Held flow : flows.values()) {
      needed = Math.min(needed, flow.firstOffset);
    }
    return needed;
  }

  void close() {
    flows.values().forEach(flow -> budget.bytes -= flow.bytes);
    flows.clear();
  }
}

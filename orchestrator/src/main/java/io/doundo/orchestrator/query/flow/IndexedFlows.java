package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.streams.read.FlowRecords;
import io.doundo.orchestrator.streams.state.FlowHead;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The flows of the index. Live and ended states come from two topics, in any order between them, so
 * both are kept until it is clear which is newer. At the limit the flows that ended first make
 * room, then those that simply run forward. A flow that may need attention (parked, paused,
 * undoing, waiting for its definition) is dropped only when such flows alone exceed the limit. One
 * thread writes, any may read.
 */
final class IndexedFlows {

  /**
   * The entry of one flowId.
   *
   * @param leaving the live state was removed, and its end has not been read yet
   */
  private record Slot(@Nullable IndexedFlow live, @Nullable IndexedFlow ended, boolean leaving) {

    @Nullable IndexedFlow newest() {
      if (live == null || ended == null) {
        return live == null ? ended : live;
      }
      return live.isNewerThan(ended) ? live : ended;
    }
  }

  /**
   * When a flow has ended; the partitions of the archive are read one faster than the other.
   *
   * @param at ms since the epoch
   */
  private record End(long at, String flowId) {

    static End of(String flowId, IndexedFlow ended) {
      FlowHead head = ended.head();
      return new End(head == null ? 0 : head.endedAt(), flowId);
    }
  }

  private final int limit;
  private final Duration retention;
  private final LongSupplier clock;
  private final Map<String, Slot> slots = new ConcurrentHashMap<>();

  /** The ended states, first ended first. Touched by the writing thread only. */
  private final NavigableSet<End> ends =
      new TreeSet<>(Comparator.comparingLong(End::at).thenComparing(End::flowId));

  /** The live flows that simply run forward, first seen first. Touched by the writing thread. */
  private final Set<String> running = new LinkedHashSet<>();

  private volatile boolean overflowed;

  /**
   * @param retention how long ended flows are kept
   * @param clock ms since the epoch
   */
  IndexedFlows(int limit, Duration retention, LongSupplier clock) {
    this.limit = limit;
    this.retention = retention;
    this.clock = clock;
  }

  void putLive(String flowId, byte[] value) {
    boolean needsAttention = FlowRecords.needsAttention(value);
    Slot slot = slots.get(flowId);
    if (slot == null && !makeRoom(Long.MAX_VALUE, needsAttention)) {
      return;
    }
    if (needsAttention) {
      running.remove(flowId);
    } else {
      running.add(flowId);
    }
    IndexedFlow ended = slot == null ? null : slot.ended();
    slots.put(flowId, new Slot(IndexedFlow.live(value), ended, false));
  }

  /** The live state was removed: the flow has ended. */
  void left(String flowId) {
    Slot slot = slots.get(flowId);
    if (slot == null || slot.live() == null) {
      return;
    }
    running.remove(flowId);
    boolean endKnown = slot.ended() != null;
    slots.put(flowId, new Slot(endKnown ? null : slot.live(), slot.ended(), !endKnown));
  }

  void putEnded(String flowId, IndexedFlow ended) {
    Slot slot = slots.get(flowId);
    End end = End.of(flowId, ended);
    if (slot == null && !makeRoom(end.at(), false)) {
      return;
    }
    IndexedFlow live = slot == null || slot.leaving() ? null : slot.live();
    IndexedFlow endedBefore = slot == null ? null : slot.ended();
    slots.put(flowId, new Slot(live, ended, false));
    if (endedBefore != null) {
      ends.remove(End.of(flowId, endedBefore));
    }
    ends.add(end);
    dropExpired();
  }

  /**
   * Everything that was there has been read, so a flow that was removed and whose end was not found
   * is no longer kept.
   */
  void forgetLost() {
    slots.values().removeIf(Slot::leaving);
  }

  void clear() {
    slots.clear();
    ends.clear();
    running.clear();
    overflowed = false;
  }

  Optional<IndexedFlow> find(String flowId) {
    return Optional.ofNullable(slots.get(flowId))
        .map(Slot::newest)
        .filter(flow -> flow.head() != null);
  }

  Stream<IndexedFlow> all() {
    return slots.values().stream()
        .map(Slot::newest)
        .filter(Objects::nonNull)
        .filter(flow -> flow.head() != null);
  }

  int size() {
    return slots.size();
  }

  /** Whether flows were left out, or dropped before their time. */
  boolean overflowed() {
    return overflowed;
  }

  /** There are more flows than will be put here. */
  void overflow() {
    overflowed = true;
  }

  /**
   * @param at when the flow to be put ended
   * @param needsAttention whether it takes precedence over running flows
   */
  private boolean makeRoom(long at, boolean needsAttention) {
    if (slots.size() < limit) {
      return true;
    }
    overflowed = true;
    if (!ends.isEmpty() && ends.first().at() <= at) {
      dropFirstEnd();
      return true;
    }
    if (!needsAttention) {
      return false;
    }
    if (running.isEmpty()) {
      return slots.size() < 2 * limit;
    }
    String first = running.iterator().next();
    running.remove(first);
    slots.remove(first);
    return true;
  }

  private void dropExpired() {
    long oldestKept = clock.getAsLong() - retention.toMillis();
    while (!ends.isEmpty() && ends.first().at() < oldestKept) {
      dropFirstEnd();
    }
  }

  private void dropFirstEnd() {
    End first = ends.pollFirst();
    if (first != null) {
      dropEnd(first.flowId());
    }
  }

  private void dropEnd(String flowId) {
    slots.computeIfPresent(
        flowId,
        (id, slot) -> slot.live() == null ? null : new Slot(slot.live(), null, slot.leaving()));
  }
}

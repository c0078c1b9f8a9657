package io.doundo.orchestrator.query;

import io.doundo.orchestrator.streams.FlowHead;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The flows of the index. Live and ended states come from two topics, in any order between them, so
 * both are kept until it is clear which is newer. At the limit the flows that ended first make
 * room; when all are live, further ones are left out. One thread writes, any may read.
 */
final class IndexedFlows {

  /**
   * What is known under one flowId.
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

  private final int limit;
  private final Duration retention;
  private final LongSupplier clock;
  private final Map<String, Slot> slots = new ConcurrentHashMap<>();

  /** The flowIds with an ended state, first ended first. Touched by the writing thread only. */
  private final Set<String> endedOrder = new LinkedHashSet<>();

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
    Slot slot = slots.get(flowId);
    if (slot == null && !makeRoom()) {
      return;
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
    boolean endKnown = slot.ended() != null;
    slots.put(flowId, new Slot(endKnown ? null : slot.live(), slot.ended(), !endKnown));
  }

  void putEnded(String flowId, IndexedFlow ended) {
    Slot slot = slots.get(flowId);
    if (slot == null && !makeRoom()) {
      return;
    }
    IndexedFlow live = slot == null || slot.leaving() ? null : slot.live();
    slots.put(flowId, new Slot(live, ended, false));
    endedOrder.remove(flowId);
    endedOrder.add(flowId);
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
    endedOrder.clear();
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

  private boolean makeRoom() {
    if (slots.size() < limit) {
      return true;
    }
    overflowed = true;
    Iterator<String> oldest = endedOrder.iterator();
    if (!oldest.hasNext()) {
      return false;
    }
    String flowId = oldest.next();
    oldest.remove();
    dropEnd(flowId);
    return true;
  }

  private void dropExpired() {
    long oldestKept = clock.getAsLong() - retention.toMillis();
    Iterator<String> oldest = endedOrder.iterator();
    while (oldest.hasNext()) {
      String flowId = oldest.next();
      Slot slot = slots.get(flowId);
      FlowHead head = slot == null || slot.ended() == null ? null : slot.ended().head();
      if (head != null && head.endedAt() >= oldestKept) {
        return;
      }
      oldest.remove();
      dropEnd(flowId);
    }
  }

  private void dropEnd(String flowId) {
    slots.computeIfPresent(
        flowId,
        (id, slot) -> slot.live() == null ? null : new Slot(slot.live(), null, slot.leaving()));
  }
}

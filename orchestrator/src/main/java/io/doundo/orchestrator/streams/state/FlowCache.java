package io.doundo.orchestrator.streams.state;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Flows by flowId, up to a number and an amount of memory; the one that was put longest ago makes
 * room. Not thread-safe.
 */
final class FlowCache {

  /** About what a flow takes without its contents, and each of its steps. */
  private static final long FLOW_BYTES = 1_000;

  private static final long STEP_BYTES = 200;

  private final int mostFlows;
  private final long mostBytes;
  private final Map<String, Entry> flows = new LinkedHashMap<>();
  private long bytes;

  /** A flow with what it counts for, so that its contents are not looked at to drop it. */
  private record Entry(StoredFlow flow, long bytes) {}

  /**
   * @param mostBytes about, in memory; a larger flow is not kept
   */
  FlowCache(int mostFlows, long mostBytes) {
    this.mostFlows = mostFlows;
    this.mostBytes = mostBytes;
  }

  /** Puts a flow in place of the one under this flowId. */
  void put(String flowId, StoredFlow flow) {
    remove(flowId);
    Entry entry = new Entry(flow, sizeOf(flow));
    if (entry.bytes > mostBytes) {
      return;
    }
    flows.put(flowId, entry);
    bytes += entry.bytes;
    while (flows.size() > mostFlows || bytes > mostBytes) {
      remove(flows.keySet().iterator().next());
    }
  }

  void remove(String flowId) {
    Entry entry = flows.remove(flowId);
    if (entry != null) {
      bytes -= entry.bytes;
    }
  }

  @Nullable StoredFlow find(String flowId) {
    Entry entry = flows.get(flowId);
    return entry == null ? null : entry.flow;
  }

  /** About what it takes in memory. */
  private static long sizeOf(StoredFlow flow) {
    long size = FLOW_BYTES + STEP_BYTES * flow.state().steps().size();
    for (byte[] content : flow.contents().values()) {
      size += content.length;
    }
    return size;
  }
}

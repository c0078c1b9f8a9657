package io.doundo.orchestrator.streams.state;

import io.doundo.orchestrator.core.state.FlowState;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The flows that ended here last, as they are archived: those who waited for an end look at the
 * flow at once, and a search of the archive takes several requests to the broker. What stands here
 * may not be committed yet, or never will be; a stub says which flow it was. Safe for any thread.
 */
public final class RecentEnds {

  private static final int MOST_FLOWS = 2_000;
  private static final long MOST_BYTES = 16 * 1024 * 1024;

  /** About what a flow takes without its contents, and each of its steps. */
  private static final long FLOW_BYTES = 1_000;

  private static final long STEP_BYTES = 200;

  private final Map<String, Recent> flows = new LinkedHashMap<>();
  private long bytes;

  /** An ended flow with what it counts for, so that its contents are not looked at to drop it. */
  private record Recent(StoredFlow flow, long bytes) {}

  /**
   * Remembers a flow as it ends.
   *
   * @param flow with all contents that it names
   */
  public synchronized void add(String flowId, StoredFlow flow) {
    drop(flows.remove(flowId));
    Recent recent = new Recent(flow, sizeOf(flow));
    flows.put(flowId, recent);
    bytes += recent.bytes;
    while (flows.size() > MOST_FLOWS || bytes > MOST_BYTES) {
      drop(flows.remove(flows.keySet().iterator().next()));
    }
  }

  /** The flow as it was when this stub was left behind, or null. */
  public synchronized @Nullable StoredFlow find(String flowId, FlowStub stub) {
    Recent recent = flows.get(flowId);
    if (recent == null) {
      return null;
    }
    FlowState state = recent.flow.state();
    return stub.isOf(state)
            && stub.status() == state.status()
            && stub.endedAt() == state.times().endedAt()
        ? recent.flow
        : null;
  }

  private void drop(@Nullable Recent recent) {
    if (recent != null) {
      bytes -= recent.bytes;
    }
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

package io.doundo.orchestrator.streams.state;

import io.doundo.orchestrator.core.state.FlowState;
import org.jspecify.annotations.Nullable;

/**
 * The flows that ended here last, as they are archived: those who waited for an end look at the
 * flow at once, and a search of the archive takes several requests to the broker. What stands here
 * may not be committed yet, or never will be; a stub says which flow it was. Safe for any thread.
 */
public final class RecentEnds {

  private static final int MOST_FLOWS = 2_000;
  private static final long MOST_BYTES = 16 * 1024 * 1024;

  private final FlowCache flows = new FlowCache(MOST_FLOWS, MOST_BYTES);

  /**
   * Remembers a flow as it ends.
   *
   * @param flow with all contents that it names
   */
  public synchronized void add(String flowId, StoredFlow flow) {
    flows.put(flowId, flow);
  }

  /** The flow as it was when this stub was left behind, or null. */
  public synchronized @Nullable StoredFlow find(String flowId, FlowStub stub) {
    StoredFlow recent = flows.find(flowId);
    if (recent == null) {
      return null;
    }
    FlowState state = recent.state();
    return stub.isOf(state)
            && stub.status() == state.status()
            && stub.endedAt() == state.times().endedAt()
        ? recent
        : null;
  }
}

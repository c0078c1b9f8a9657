package io.doundo.orchestrator.streams.read;

import io.doundo.orchestrator.streams.state.StoredFlow;
import java.util.Optional;

/**
 * Reads single flows from this instance's stores. Its results may be ahead of the commit, and a
 * crash may revert them. Safe for any thread.
 */
public interface FlowReader {

  /**
   * The flow, live or from the archive. Waits a short time while stores are moving or restoring.
   *
   * @return empty when there is no such flow here, or its undo window is over
   * @throws FlowsUnavailableException when the stores could not be read, or belong to another
   *     instance
   */
  Optional<StoredFlow> find(String flowId);

  /**
   * Which instance keeps the flow.
   *
   * @throws FlowsUnavailableException when that is currently unknown
   */
  FlowOwner ownerOf(String flowId);

  /**
   * An instance of the orchestrator.
   *
   * @param here whether it is this one
   * @param address {@code host:port} from its {@code applicationServer} setting; empty for this one
   */
  record FlowOwner(boolean here, String address) {}
}

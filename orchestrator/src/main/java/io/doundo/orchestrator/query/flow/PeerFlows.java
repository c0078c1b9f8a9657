package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.streams.state.StoredFlow;
import java.util.Optional;

/** Reads flows that another instance keeps. Thread-safe. */
public interface PeerFlows {

  /**
   * Asks the instance that keeps the flow.
   *
   * @param address its {@code host:port}
   * @return empty when that instance says that there is no such flow
   * @throws ReadsUnavailableException when it did not answer in time, or does not keep it any more
   */
  Optional<StoredFlow> find(String address, String flowId);
}

package io.doundo.orchestrator.streams.state;

import io.doundo.orchestrator.core.state.FlowState;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A flow as it is kept.
 *
 * @param searchValue the value of the definition's {@code searchKey} in the start payload, or null
 * @param contents JSON values by digest. A flow found by {@code FlowReader} has all that its state
 *     names; one decoded from a single stored record has those that were small enough to stand in
 *     it. The arrays must not be written.
 */
public record StoredFlow(
    FlowState state, @Nullable String searchValue, Map<String, byte[]> contents) {

  public StoredFlow {
    contents = Map.copyOf(contents);
  }

  public FlowHead head() {
    return new FlowHead(
        state.flowId(),
        state.incarnation(),
        state.orchestrationName(),
        state.definition(),
        state.status(),
        state.parkReason(),
        state.paused(),
        searchValue,
        state.origin().startedAt(),
        state.times().updatedAt(),
        state.times().endedAt(),
        state.times().deadlineAt(),
        state.transitions());
  }
}

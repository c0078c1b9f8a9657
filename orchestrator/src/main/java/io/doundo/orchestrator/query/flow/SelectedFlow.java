package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;

/**
 * A flow as it stood when it was selected.
 *
 * @param transition the number of its last transition
 */
public record SelectedFlow(
    String flowId, int transition, String orchestrationName, FlowStatus status) {

  public static SelectedFlow of(FlowState flow) {
    return new SelectedFlow(
        flow.flowId(), flow.transitions(), flow.orchestrationName(), flow.status());
  }
}

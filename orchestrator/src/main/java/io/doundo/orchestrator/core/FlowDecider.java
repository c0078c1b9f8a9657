package io.doundo.orchestrator.core;

import io.doundo.orchestrator.definition.Orchestration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The flow core: from a definition, a state and an event to the next state and its effects. Pure
 * and stateless, and so safe for any thread.
 */
public final class FlowDecider {

  /**
   * Decides what an event does to a flow.
   *
   * @param definition the flow's definition; null only while none was found
   * @param state null when there is no such flow; then only {@code FlowStarted} makes one
   */
  public Decision decide(
      @Nullable Orchestration definition, @Nullable FlowState state, FlowEvent event) {
    return new Decision(state, List.of());
  }
}

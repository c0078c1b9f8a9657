package io.doundo.orchestrator.core.effect;

import io.doundo.orchestrator.core.state.FlowState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The consequence of an event: the flow's next state and the effects.
 *
 * @param next the state to store; the same object as before when nothing changed; null when there
 *     is no flow
 */
public record Decision(@Nullable FlowState next, List<Effect> effects) {

  public Decision {
    effects = List.copyOf(effects);
  }
}

package io.doundo.history.simulation;

import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.definition.Orchestration;
import org.jspecify.annotations.Nullable;

/** The decider as the simulation calls it, so that a broken one can replace it. */
@FunctionalInterface
public interface Core {

  Decision decide(@Nullable Orchestration definition, @Nullable FlowState state, FlowEvent event);
}

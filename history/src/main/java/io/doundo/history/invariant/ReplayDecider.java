package io.doundo.history.invariant;

import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.definition.Orchestration;
import org.jspecify.annotations.Nullable;

/** The decider that made the history, to be run over it again. */
@FunctionalInterface
public interface ReplayDecider {

  Decision decide(@Nullable Orchestration definition, @Nullable FlowState state, FlowEvent event);
}

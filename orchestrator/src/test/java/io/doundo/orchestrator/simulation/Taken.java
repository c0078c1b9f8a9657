package io.doundo.orchestrator.simulation;

import io.doundo.orchestrator.core.Action;
import io.doundo.orchestrator.core.Decision;
import io.doundo.orchestrator.core.Effect.DispatchStep;
import io.doundo.orchestrator.core.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.FlowEvent;
import io.doundo.orchestrator.core.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.FlowEventType;
import io.doundo.orchestrator.core.FlowState;
import io.doundo.orchestrator.core.StepState;
import io.doundo.orchestrator.definition.Orchestration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One decision with all that went into it.
 *
 * @param when the true time; the event has that of the engine's clock
 */
record Taken(
    long when,
    @Nullable Orchestration definition,
    @Nullable FlowState before,
    FlowEvent event,
    Decision decision) {

  FlowState next() {
    return Objects.requireNonNull(decision.next());
  }

  /** Whether the decision made a transition. */
  boolean moved() {
    return before == null || before.transitions() != next().transitions();
  }

  List<DispatchStep> dispatches() {
    return decision.effects().stream()
        .filter(DispatchStep.class::isInstance)
        .map(DispatchStep.class::cast)
        .toList();
  }

  boolean published(FlowEventType type) {
    return decision.effects().stream()
        .anyMatch(e -> e instanceof PublishFlowEvent entry && entry.type() == type);
  }

  /** Whether the event is a success of this action, and moved the flow. */
  boolean succeeded(Action action) {
    return event instanceof StepSucceeded success && success.action() == action && moved();
  }

  /** The step before, as it was when the event came. */
  StepState stepBefore(int step) {
    return before == null || before.steps().isEmpty()
        ? StepState.PENDING
        : before.steps().get(step);
  }
}

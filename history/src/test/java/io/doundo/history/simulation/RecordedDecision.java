package io.doundo.history.simulation;

import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.CommandAction;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One decision with all its inputs.
 *
 * @param when the true time; the event carries the time of the engine's clock
 */
public record RecordedDecision(
    long when,
    @Nullable Orchestration definition,
    @Nullable FlowState before,
    FlowEvent event,
    Decision decision) {

  public FlowState next() {
    return Objects.requireNonNull(decision.next());
  }

  /** Whether the decision made a transition. */
  public boolean moved() {
    return before == null || before.transitions() != next().transitions();
  }

  public List<DispatchStep> dispatches() {
    return decision.effects().stream()
        .filter(DispatchStep.class::isInstance)
        .map(DispatchStep.class::cast)
        .toList();
  }

  public boolean published(FlowEventType type) {
    return decision.effects().stream()
        .anyMatch(e -> e instanceof PublishFlowEvent entry && entry.type() == type);
  }

  /** Whether the event is a success of this action, and moved the flow. */
  public boolean succeeded(CommandAction action) {
    return event instanceof StepSucceeded success && success.action() == action && moved();
  }

  /** The step as it was before the event. */
  public StepState stepBefore(int step) {
    return before == null || before.steps().isEmpty()
        ? StepState.PENDING
        : before.steps().get(step);
  }
}

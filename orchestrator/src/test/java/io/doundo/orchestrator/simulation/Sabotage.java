package io.doundo.orchestrator.simulation;

import io.doundo.orchestrator.core.Decision;
import io.doundo.orchestrator.core.FlowState;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.RetryPolicy;
import io.doundo.orchestrator.definition.Step;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Definitions that are not what was registered, and decisions that are several in one. */
final class Sabotage {

  private Sabotage() {}

  static Orchestration withoutEdges(Orchestration definition) {
    return with(definition, step -> copy(step, List.of(), step.retry(), step.pivot()));
  }

  static Orchestration withMoreAttempts(Orchestration definition) {
    return with(
        definition, step -> copy(step, step.dependsOn(), oneMore(step.retry()), step.pivot()));
  }

  static Orchestration withoutPivots(Orchestration definition) {
    return with(definition, step -> copy(step, step.dependsOn(), step.retry(), false));
  }

  /** Numbers what several decisions made of a flow as one transition. */
  static Decision asOneTransition(@Nullable FlowState before, Decision decision) {
    FlowState next = Objects.requireNonNull(decision.next());
    int transition = (before == null ? 0 : before.transitions()) + 1;
    if (next.transitions() <= transition) {
      return decision;
    }
    FlowState numbered =
        new FlowState(
            next.flowId(),
            next.incarnation(),
            next.orchestrationName(),
            next.definition(),
            next.status(),
            next.parkReason(),
            next.paused(),
            next.reason(),
            next.cancelReason(),
            next.initiator(),
            next.start(),
            next.startDigest(),
            next.startedAt(),
            next.updatedAt(),
            next.endedAt(),
            next.deadlineAt(),
            next.wakeAt(),
            next.turns(),
            next.undoTurn(),
            next.undoCommitted(),
            transition,
            next.steps(),
            next.controlIds());
    return new Decision(numbered, decision.effects());
  }

  private static Orchestration with(Orchestration definition, UnaryOperator<Step> change) {
    return Orchestration.of(
        definition.id(),
        definition.type(),
        definition.steps().stream().map(change).toList(),
        definition.timeout(),
        definition.undoWindow(),
        definition.searchKey(),
        definition.description(),
        definition.initiator());
  }

  private static RetryPolicy oneMore(RetryPolicy policy) {
    return new RetryPolicy(
        policy.maxAttempts() + 1,
        policy.strategy(),
        policy.delay(),
        policy.maxDelay(),
        policy.jitter(),
        policy.retryOn(),
        policy.abortOn());
  }

  private static Step copy(Step step, List<String> dependsOn, RetryPolicy retry, boolean pivot) {
    return new Step(
        step.name(),
        step.seq(),
        dependsOn,
        step.timeout(),
        retry,
        step.undoRetry(),
        step.undoable(),
        step.undoFailed(),
        pivot,
        step.committed(),
        step.onTimeout(),
        step.sharedTopic(),
        step.objectType(),
        step.bindings());
  }
}

package io.doundo.history.simulation.invariant;

import io.doundo.history.simulation.RecordedDecision;
import io.doundo.history.simulation.Violation;
import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.TimeReached;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.RetryPolicy;
import io.doundo.orchestrator.definition.Step;
import io.doundo.protocol.CommandAction;

/**
 * A step past the pivot gives up a retryable DO only after all attempts of its policy: there is no
 * way back, so a step that gives up early calls an operator for nothing.
 */
public final class PastPivotRetriesAll implements Invariant {

  @Override
  public void decided(RecordedDecision taken) {
    FlowState before = taken.before();
    Orchestration definition = taken.definition();
    if (before == null
        || definition == null
        || before.steps().isEmpty()
        || NoCancelPastPivot.passedPivot(definition, before) < 0) {
      return;
    }
    for (int i = 0; i < before.steps().size(); i++) {
      StepState now = taken.next().steps().get(i);
      int attempts = now.outside().doing().sent() - now.outside().doing().base();
      Step step = definition.steps().get(i);
      if (wasInFlight(before.steps().get(i))
          && gaveUp(now)
          && mayBeRetried(taken, step)
          && attempts < step.retry().maxAttempts()) {
        throw new Violation(
            "past pivot",
            "%s gives up after %d of %d attempts"
                .formatted(step.name(), attempts, step.retry().maxAttempts()));
      }
    }
  }

  private static boolean wasInFlight(StepState step) {
    return step.outside().openAttempt() > 0 && step.status() != StepStatus.UNDOING;
  }

  private static boolean gaveUp(StepState step) {
    return step.outside().openAttempt() == 0
        && step.dueAt() == 0
        && (step.status() == StepStatus.RETRY_EXHAUSTED
            || step.status() == StepStatus.FAILED
            || step.status() == StepStatus.IN_DOUBT);
  }

  private static boolean mayBeRetried(RecordedDecision taken, Step step) {
    if (taken.event() instanceof TimeReached) {
      return step.onTimeout() == OnTimeout.RETRY;
    }
    RetryPolicy policy = step.retry();
    return taken.event() instanceof StepFailed failed
        && failed.step().equals(step.name())
        && failed.action() == CommandAction.DO
        && (failed.kind() == FailureKind.FAILED
            || failed.kind() == FailureKind.NO_EFFECT
            || failed.kind() == FailureKind.UNKNOWN)
        && policy.retries(failed.error());
  }
}

package io.doundo.history.simulation.invariant;

import io.doundo.history.simulation.RecordedDecision;
import io.doundo.history.simulation.Violation;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;

/** An attempt that follows a failure is not due before the time that the worker requested. */
public final class PauseIsKept implements Invariant {

  @Override
  public void decided(RecordedDecision taken) {
    if (!(taken.event() instanceof StepFailed failed)
        || taken.definition() == null
        || failed.notBefore() <= failed.at()
        || !taken.published(FlowEventType.STEP_RETRY_TRIGGERED)) {
      return;
    }
    long due = taken.next().steps().get(taken.definition().indexOf(failed.step())).dueAt();
    if (due < failed.notBefore()) {
      throw new Violation(
          "pause", "the next attempt is due at %d, before %d".formatted(due, failed.notBefore()));
    }
  }
}

package io.doundo.history.simulation.invariant;

import io.doundo.history.simulation.RecordedDecision;
import io.doundo.history.simulation.Violation;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;

/** No reported duration is negative, even if the clock was set back. */
public final class DurationsArePositive implements Invariant {

  private static final long UNSAID = -1;

  @Override
  public void decided(RecordedDecision taken) {
    for (Effect effect : taken.decision().effects()) {
      if (effect instanceof PublishFlowEvent entry && entry.durationMs() < UNSAID) {
        throw new Violation("duration", entry.type() + " took " + entry.durationMs() + " ms");
      }
    }
  }
}

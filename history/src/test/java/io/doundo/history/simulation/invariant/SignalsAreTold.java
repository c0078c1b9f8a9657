package io.doundo.history.simulation.invariant;

import io.doundo.history.simulation.RecordedDecision;
import io.doundo.history.simulation.Violation;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.Effect.RefuseSignal;
import io.doundo.orchestrator.core.effect.FlowEventType;
import java.util.ArrayList;
import java.util.List;

/** The engine tells the sender of each refused signal, and no other sender. */
public final class SignalsAreTold implements Invariant {

  @Override
  public void decided(RecordedDecision taken) {
    List<String> refused = new ArrayList<>(0);
    List<String> told = new ArrayList<>(0);
    for (Effect effect : taken.decision().effects()) {
      if (effect instanceof PublishFlowEvent entry
          && entry.type() == FlowEventType.SIGNAL_REFUSED) {
        refused.add(String.valueOf(entry.controlId()));
      } else if (effect instanceof RefuseSignal refusal) {
        told.add(refusal.signal().controlId());
      }
    }
    if (!refused.equals(told)) {
      throw new Violation("I17", "the refused signals are " + refused + ", told are " + told);
    }
  }
}

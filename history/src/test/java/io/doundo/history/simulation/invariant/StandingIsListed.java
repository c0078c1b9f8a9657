package io.doundo.history.simulation.invariant;

import io.doundo.history.simulation.Violation;
import io.doundo.history.simulation.worker.RunEnd;
import io.doundo.history.simulation.worker.SdkWorker;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.Orchestration;
import java.util.List;

/**
 * An {@code UNDONE} flow lists the effects that it leaves standing because they have no UNDO. For
 * workers behind a fence this always holds; the orchestrator may never have known the effects of
 * others.
 */
public final class StandingIsListed implements Invariant {

  private final Orchestration definition;

  public StandingIsListed(Orchestration definition) {
    this.definition = definition;
  }

  @Override
  public void ended(RunEnd ending) {
    FlowState state = ending.state();
    if (state == null || state.status() != FlowStatus.UNDONE) {
      return;
    }
    List<String> listed = state.leftStanding(definition);
    for (int i = 0; i < definition.steps().size(); i++) {
      String step = definition.steps().get(i).name();
      boolean promised =
          !definition.steps().get(i).undoable()
              && ending.workers().get(i) instanceof SdkWorker
              && !ending.settledByHand().get(i);
      if (promised && ending.workers().get(i).ledger().stands() && !listed.contains(step)) {
        throw new Violation("left standing", "step " + step + " stands, and is not listed");
      }
    }
  }
}

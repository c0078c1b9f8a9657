package io.doundo.history.simulation.invariant;

import io.doundo.history.simulation.Core;
import io.doundo.history.simulation.RecordedDecision;
import io.doundo.history.simulation.Scene;
import io.doundo.history.simulation.worker.RunEnd;
import io.doundo.history.simulation.worker.Worker;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.protocol.ControlAction;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The invariants watched during a run; its history is checked afterwards. */
public final class Invariants {

  private final Scene scene;
  private final List<Invariant> all;
  private final BitSet settledByHand = new BitSet();

  public Invariants(Scene scene, Core core) {
    this.scene = scene;
    List<Invariant> always =
        List.of(
            new EndsOrWaits(),
            new StandingIsListed(scene.definition()),
            new SeenPivotIsKnown(scene.definition()),
            new CommittedBeforeVisible(scene.definition()),
            new ChangesAreNumbered(),
            new DurationsArePositive(),
            new MergedInOrder(scene.definition()),
            new NoCancelPastPivot(),
            new PastPivotRetriesAll(),
            new DuplicatesAbsorbed(scene.dice(), core),
            new TimerIsNeverLate(),
            new PauseIsKept(),
            new SignalsAreTold(),
            new TasksAreAsked(),
            new KeysStayWhileOpen(),
            new HoldsEnd());
    all = new ArrayList<>(always);
  }

  /** Also watches this invariant. */
  public void watch(Invariant further) {
    all.add(further);
  }

  public void decided(RecordedDecision taken) {
    for (Invariant invariant : all) {
      invariant.decided(taken);
    }
  }

  public void committed(RecordedDecision taken) {
    if (taken.event() instanceof ControlRequested control
        && (control.verb() == ControlAction.SKIP || control.verb() == ControlAction.RESOLVE)
        && control.step() != null
        && taken.published(FlowEventType.CONTROL_ACCEPTED)) {
      settledByHand.set(scene.definition().indexOf(control.step()));
    }
    for (Invariant invariant : all) {
      invariant.committed(taken);
    }
  }

  public void visible(DispatchStep command, FlowState sent, @Nullable FlowState committed) {
    for (Invariant invariant : all) {
      invariant.visible(command, sent, committed);
    }
  }

  public void ended(@Nullable FlowState state, List<Worker> workers) {
    RunEnd ending = new RunEnd(state, workers, settledByHand);
    for (Invariant invariant : all) {
      invariant.ended(ending);
    }
  }
}

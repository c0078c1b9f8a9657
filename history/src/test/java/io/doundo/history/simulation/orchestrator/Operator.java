package io.doundo.history.simulation.orchestrator;

import io.doundo.history.simulation.Dice;
import io.doundo.history.simulation.Happening;
import io.doundo.history.simulation.Partition;
import io.doundo.history.simulation.Scene;
import io.doundo.history.simulation.worker.Worker;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.Resolution;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Step;
import io.doundo.protocol.ControlAction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks for anything at any moment; and helps on what is left, once the weather is calm. */
public final class Operator {

  private static final int MOST_ACTS = 4;
  private static final int LATEST_ACT_MS = 5_000;

  private final Scene scene;
  private final SimulatedOrchestrator orchestrator;
  private int controls;

  public Operator(Scene scene, SimulatedOrchestrator orchestrator) {
    this.scene = scene;
    this.orchestrator = orchestrator;
  }

  /** Plans what will be asked in this run. */
  public void plan() {
    Dice dice = scene.dice();
    for (int i = 0; i < MOST_ACTS && dice.fault(scene.weather().operator()); i++) {
      ControlAction verb = dice.pick(ControlAction.values());
      if (verb == ControlAction.ABANDON && dice.chance(700)) {
        verb = ControlAction.CANCEL;
      }
      Step step =
          dice.chance(250)
              ? null
              : scene.definition().steps().get(dice.below(scene.definition().steps().size()));
      boolean soon = dice.chance(600);
      request(
          dice.below(soon ? LATEST_ACT_MS / 10 : LATEST_ACT_MS),
          verb,
          step == null ? null : step.name(),
          dice.chance(200) ? scene.anyPayload() : null,
          dice.pick(Resolution.values()));
    }
  }

  /** Ends a pause. */
  public void resume() {
    request(0, ControlAction.RESUME, null, null, Resolution.DONE);
  }

  /** Tries again whatever is stuck. */
  public void retryAll() {
    request(0, ControlAction.RETRY, null, null, Resolution.DONE);
  }

  /** Looks at the world, and declares of every step that is stuck whether its effect stands. */
  public void resolve(FlowState state, List<Worker> workers) {
    for (int i = 0; i < workers.size(); i++) {
      StepStatus status = state.steps().get(i).status();
      boolean stuck =
          status == StepStatus.RETRY_EXHAUSTED
              || status == StepStatus.FAILED
              || status == StepStatus.IN_DOUBT;
      if (stuck) {
        // After the pivot there is only one way out: what is missing is done by hand.
        boolean stands =
            workers.get(i).ledger().stands() || state.parkReason() == ParkReason.FORWARD_EXHAUSTED;
        request(
            i,
            ControlAction.RESOLVE,
            scene.definition().steps().get(i).name(),
            null,
            stands ? Resolution.DONE : Resolution.NO_EFFECT);
      }
    }
  }

  private void request(
      long delay,
      ControlAction verb,
      @Nullable String step,
      @Nullable Content payload,
      Resolution resolution) {
    String controlId = "c" + controls++;
    Partition.Inbound record =
        at ->
            new ControlRequested(at, controlId, verb, step, payload, resolution, null, "operator");
    scene.timeline().after(delay, () -> orchestrator.control(record));
    if (scene.dice().fault(scene.weather().duplicate())) {
      scene.coverage().count(Happening.DUPLICATE_CONTROL);
      scene.timeline().after(delay + scene.dice().below(500), () -> orchestrator.control(record));
    }
  }
}

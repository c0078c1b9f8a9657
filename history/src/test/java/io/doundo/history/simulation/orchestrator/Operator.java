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
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.ControlAction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes any request at any moment; once the weather is calm, repairs the flows that are left. */
public final class Operator {

  private static final int MOST_ACTS = 4;
  private static final int LATEST_ACT_MS = 5_000;
  private static final int BRANCHES = 3;

  private final Scene scene;
  private final SimulatedOrchestrator orchestrator;
  private int controls;

  public Operator(Scene scene, SimulatedOrchestrator orchestrator) {
    this.scene = scene;
    this.orchestrator = orchestrator;
  }

  /** The declarations that an operator can make of any step. */
  private static final Resolution[] OF_STEPS = {Resolution.DONE, Resolution.NO_EFFECT};

  /** Plans the requests of this run. */
  public void plan() {
    Dice dice = scene.dice();
    for (int i = 0; i < MOST_ACTS && dice.fault(scene.weather().operator()); i++) {
      ControlAction verb = dice.pick(ControlAction.VERBS.toArray(ControlAction[]::new));
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
          resolution(dice));
    }
  }

  /** The declarations that are possible where the definition has a choice. */
  private Resolution resolution(Dice dice) {
    boolean hasChoice =
        scene.definition().steps().stream().anyMatch(step -> step.work() instanceof Work.Choose);
    return dice.pick(hasChoice ? Resolution.values() : OF_STEPS);
  }

  /** Ends a pause. */
  public void resume() {
    request(0, ControlAction.RESUME, null, null, Resolution.DONE);
  }

  /** Retries whatever is stuck. */
  public void retryAll() {
    request(0, ControlAction.RETRY, null, null, Resolution.DONE);
  }

  /** Looks at the ledgers, and declares for every stuck step whether its effect stands. */
  public void resolve(FlowState state, List<Worker> workers) {
    for (int i = 0; i < workers.size(); i++) {
      StepStatus status = state.steps().get(i).status();
      Step step = scene.definition().steps().get(i);
      if (status == StepStatus.UNDO_FAIL
          && (step.undoInput() != null || step.work() instanceof Work.Http)
          && state.steps().get(i).undoInput() == null) {
        // Only an operator knows what its UNDO must carry.
        request(0, ControlAction.RETRY, step.name(), scene.anyPayload(), Resolution.DONE);
        continue;
      }
      boolean stuck =
          status == StepStatus.RETRY_EXHAUSTED
              || status == StepStatus.FAILED
              || status == StepStatus.IN_DOUBT;
      if (stuck && step.work() instanceof Work.Choose) {
        request(i, ControlAction.SKIP, step.name(), null, Resolution.DONE);
      } else if (stuck) {
        // After the pivot there is only one way out: the missing work is done by hand.
        if (step.when() != null && status == StepStatus.FAILED && isUnbegun(state, i)) {
          request(
              i,
              ControlAction.RESOLVE,
              step.name(),
              null,
              scene.beside().chance(500) ? Resolution.TAKEN : Resolution.NOT_TAKEN);
          continue;
        }
        boolean stands =
            workers.get(i).ledger().stands()
                || state.parkReason() == ParkReason.FORWARD_EXHAUSTED
                || step.work() instanceof Work.Waits;
        request(
            i,
            ControlAction.RESOLVE,
            scene.definition().steps().get(i).name(),
            null,
            stands ? Resolution.DONE : Resolution.NO_EFFECT);
      }
    }
  }

  /** Whether not even the step's condition is known. */
  private static boolean isUnbegun(FlowState state, int step) {
    return state.steps().get(step).startedAt() == 0;
  }

  private void request(
      long delay,
      ControlAction verb,
      @Nullable String step,
      @Nullable Content payload,
      Resolution resolution) {
    int number = controls++;
    String controlId = "c" + number;
    boolean hasBranch =
        resolution == Resolution.BRANCH && (verb != ControlAction.RETRY || payload != null);
    Integer branch = hasBranch ? number % BRANCHES : null;
    Partition.Inbound record =
        at ->
            new ControlRequested(
                at, controlId, verb, step, payload, resolution, null, "operator", null, branch);
    scene.timeline().after(delay, () -> orchestrator.control(record));
    if (scene.dice().fault(scene.weather().duplicate())) {
      scene.coverage().count(Happening.DUPLICATE_CONTROL);
      scene.timeline().after(delay + scene.dice().below(500), () -> orchestrator.control(record));
    }
  }
}

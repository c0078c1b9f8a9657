package io.doundo.history.simulation.orchestrator;

import io.doundo.history.simulation.Dice;
import io.doundo.history.simulation.Evaluations;
import io.doundo.history.simulation.Happening;
import io.doundo.history.simulation.Partition;
import io.doundo.history.simulation.Scene;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.Resolution;
import io.doundo.orchestrator.core.event.FlowEvent.SignalReceived;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.ControlAction;
import java.util.ArrayList;
import java.util.List;

/**
 * The senders of signals. They send them before a step waits for them, after the flow has ended,
 * twice, under unknown names, and sometimes more than a flow keeps. They also assign tasks.
 */
public final class Signallers {

  private static final int LATEST_MS = 4_000;
  private static final int FLOOD = 40;
  private static final String UNKNOWN = "unknown";

  private final Scene scene;
  private final SimulatedOrchestrator orchestrator;
  private int signals;

  public Signallers(Scene scene, SimulatedOrchestrator orchestrator) {
    this.scene = scene;
    this.orchestrator = orchestrator;
  }

  /** Plans the signals of this run. */
  public void plan() {
    Dice dice = scene.beside();
    int single = dice.between(0, 4);
    for (int i = 0; i < single; i++) {
      String name = dice.chance(100) ? UNKNOWN : dice.pick(Evaluations.SIGNALS);
      send(dice.below(dice.chance(600) ? LATEST_MS / 10 : LATEST_MS), name, dice.chance(250));
    }
    if (dice.chance(500)) {
      assign(dice);
    }
    if (dice.chance(60)) {
      scene.coverage().count(Happening.FLOOD_OF_SIGNALS);
      int begin = dice.below(LATEST_MS);
      String name = dice.pick(Evaluations.SIGNALS);
      for (int i = 0; i < FLOOD; i++) {
        send(begin + dice.below(100), name, false);
      }
    }
  }

  /** Assigns a task; the step may have none, and the assignee may be the same as before. */
  private void assign(Dice dice) {
    List<String> tasks = new ArrayList<>();
    for (Step step : scene.definition().steps()) {
      boolean isTask = step.work() instanceof Work.Signal wait && wait.task() != null;
      if (isTask || dice.chance(50)) {
        tasks.add(step.name());
      }
    }
    int most = tasks.isEmpty() ? 0 : dice.between(1, 4);
    for (int i = 0; i < most; i++) {
      String step = dice.pick(tasks.toArray(String[]::new));
      String assignee = dice.chance(200) ? null : dice.pick(Evaluations.PEOPLE);
      String controlId = "a" + i;
      Partition.Inbound record =
          at ->
              new ControlRequested(
                  at,
                  controlId,
                  ControlAction.ASSIGN,
                  step,
                  null,
                  Resolution.DONE,
                  null,
                  "somebody",
                  null,
                  null,
                  assignee);
      int delay = dice.below(dice.chance(600) ? LATEST_MS / 10 : LATEST_MS);
      scene.timeline().after(delay, () -> orchestrator.control(record));
      if (dice.chance(250)) {
        scene.coverage().count(Happening.DUPLICATE_ASSIGNMENT);
        scene.timeline().after(delay + dice.below(800), () -> orchestrator.control(record));
      }
    }
  }

  /** Whether a step waits for nothing but a signal. */
  public boolean isAwaited(FlowState state) {
    return state.steps().stream()
        .anyMatch(step -> step.status() == StepStatus.WAITING && step.dueAt() == 0);
  }

  /** Sends the signals for which steps wait. */
  public void help(FlowState state) {
    for (int i = 0; i < state.steps().size(); i++) {
      if (state.steps().get(i).status() == StepStatus.WAITING
          && scene.definition().steps().get(i).work() instanceof Work.Signal wait) {
        send(i, wait.signal(), false);
      }
    }
  }

  private void send(long delay, String name, boolean twice) {
    Content payload = scene.beside().chance(300) ? null : scene.anySignalled();
    String controlId = "s" + signals++;
    Partition.Inbound record = at -> new SignalReceived(at, controlId, name, payload, "somebody");
    scene.timeline().after(delay, () -> orchestrator.control(record));
    if (twice) {
      scene.coverage().count(Happening.DUPLICATE_SIGNAL);
      scene.timeline().after(delay + scene.beside().below(800), () -> orchestrator.control(record));
    }
  }
}

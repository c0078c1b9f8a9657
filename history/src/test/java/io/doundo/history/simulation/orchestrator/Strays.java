package io.doundo.history.simulation.orchestrator;

import io.doundo.history.simulation.Dice;
import io.doundo.history.simulation.Happening;
import io.doundo.history.simulation.Partition;
import io.doundo.history.simulation.Scene;
import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.protocol.CommandAction;

/**
 * Writes records that should not exist: unreadable bytes, answers and controls of an unknown flow,
 * answers of a step that the definition does not have, and a second start with other content.
 */
public final class Strays {

  /** A flow that is never started. */
  public static final String NOBODY = "nobody";

  private static final int MOST = 3;
  private static final int LATEST_MS = 4_000;
  private static final String NO_STEP = "nowhere";

  private final Scene scene;
  private final SimulatedOrchestrator orchestrator;

  public Strays(Scene scene, SimulatedOrchestrator orchestrator) {
    this.scene = scene;
    this.orchestrator = orchestrator;
  }

  /** Plans the stray records of this run. */
  public void plan() {
    Dice dice = scene.beside();
    for (int i = 0; i < MOST && dice.fault(scene.weather().stray()); i++) {
      int kind = dice.below(5);
      boolean keyed = dice.chance(700);
      Inputs inputs = orchestrator.inputs();
      switch (kind) {
        case 0 -> bring(Happening.UNREADABLE_RECORD, inputs.any(dice), unreadable());
        case 1 -> bring(Happening.ANSWER_OF_NOBODY, inputs.answers(keyed), answerOfNobody());
        case 2 -> bring(Happening.CONTROL_OF_NOBODY, inputs.controls(), controlOfNobody(i));
        case 3 -> bring(Happening.ANSWER_OF_NO_STEP, inputs.answers(keyed), answerOfNoStep());
        default -> bring(Happening.START_IN_CONFLICT, inputs.starts(), startInConflict(i));
      }
    }
  }

  private void bring(Happening what, Partition input, Partition.Inbound record) {
    scene
        .timeline()
        .after(
            scene.beside().below(LATEST_MS),
            () -> {
              if (what != Happening.START_IN_CONFLICT || orchestrator.state() != null) {
                scene.coverage().count(what);
                orchestrator.append(input, record);
              }
            });
  }

  private static Stray unreadable() {
    return new Stray(
        false, "bytes", (recorder, place) -> recorder.unreadable(place, "not a JSON object"));
  }

  private static Stray answerOfNobody() {
    StepSucceeded answer =
        new StepSucceeded(0, "a", CommandAction.DO, new AnswerOf(null, 1, false), null, null);
    return new Stray(
        true, "an answer of nobody", (recorder, place) -> recorder.answered(place, NOBODY, answer));
  }

  private static Stray controlOfNobody(int number) {
    return new Stray(
        true,
        "a control of nobody",
        (recorder, place) -> recorder.askedOfNobody(place, NOBODY, "stray" + number));
  }

  private Partition.Inbound answerOfNoStep() {
    AnswerOf of = new AnswerOf(null, 1, false);
    boolean success = scene.beside().chance(500);
    return at ->
        success
            ? new StepSucceeded(at, NO_STEP, CommandAction.DO, of, null, null)
            : new StepFailed(at, NO_STEP, null, of, FailureKind.FINAL, "refused", null);
  }

  private static Partition.Inbound startInConflict(int number) {
    return at ->
        new FlowStarted(
            at, "flow", "conflict" + number, "order", Scene.START, "another digest", null);
  }
}

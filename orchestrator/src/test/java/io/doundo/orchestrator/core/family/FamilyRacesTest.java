package io.doundo.orchestrator.core.family;

import static io.doundo.orchestrator.core.family.FamilyDefinitions.body;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.forEach;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.orchestration;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.parts;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.remote;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.event.FlowEvent.EngineFailed;
import io.doundo.orchestrator.core.family.FamilyDriver.Play;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.parts.PartPlace;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Tolerance;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.ControlAction;
import org.junit.jupiter.api.Test;

/** Two things happen to a flow and its parts at the same moment. */
class FamilyRacesTest {

  private static final Orchestration SAGA_INSIDE =
      orchestration(
          "order",
          remote("reserve"),
          parts("extras", new Work.Do(body(remote("gift"), remote("card")))),
          remote("ship"));

  private static final Orchestration LIST =
      orchestration(
          "order",
          remote("reserve"),
          parts("items", forEach(3, new Tolerance(1, false), remote("pick"))),
          remote("ship"));

  private final FamilyDriver driver = new FamilyDriver();

  @Test
  void aPartCompletesAsItsFlowIsCancelled() {
    driver.play("f~extras~0", "card", Play.HOLD).start(SAGA_INSIDE, "f").run();
    driver.succeedsNow("f~extras~0", "card");
    driver.control("f", ControlAction.CANCEL, null).run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.done)
        .endsWith("f~extras~0 UNDO card", "f~extras~0 UNDO gift", "f UNDO reserve");
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void aPartCompletesAsTheListExceedsWhatItTolerates() {
    driver.items("items", 3);
    for (int i = 0; i < 3; i++) {
      driver.play("f~items~" + i, "pick", Play.HOLD);
    }
    driver.start(LIST, "f").run();
    driver.failsNow("f~items~0", "pick");
    driver.failsNow("f~items~1", "pick");
    driver.succeedsNow("f~items~2", "pick").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.step("f", "items").error()).startsWith("2 of 3 parts failed");
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void aPartFailsByItselfAsItIsTakenBack() {
    driver.play("f~extras~0", "card", Play.HOLD).start(SAGA_INSIDE, "f").run();
    driver.failsNow("f~extras~0", "card");
    driver.control("f", ControlAction.CANCEL, null).run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void aPartIsAbandonedAsItIsTakenBack() {
    driver.play("f~extras~0", "card", Play.HOLD).start(SAGA_INSIDE, "f").run();
    driver.control("f", ControlAction.CANCEL, null);
    driver.control("f~extras~0", ControlAction.ABANDON, null).run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.parts("f", "extras").sets().at(PartPlace.ABANDONED)).hasToString("{0}");
    assertThat(driver.flow("f").leftStanding(SAGA_INSIDE)).containsExactly("extras");
    driver.assertAllReleased();
  }

  @Test
  void aPartIsParkedAsItsFlowIsCancelled() {
    driver.play("f~extras~0", "card", Play.HOLD).start(SAGA_INSIDE, "f").run();
    driver.family().take("f~extras~0", new EngineFailed(driver.family().now, "?"));
    driver.control("f", ControlAction.CANCEL, null).run();

    // The word of its flow takes it up again; the DO in flight is drained.
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDOING);
    driver.succeedsNow("f~extras~0", "card").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void aPartIsResumedAsItsFlowIsPaused() {
    driver.play("f~extras~0", "gift", Play.HOLD).start(SAGA_INSIDE, "f").run();
    driver.control("f~extras~0", ControlAction.PAUSE, null);
    driver.control("f", ControlAction.PAUSE, null);
    driver.control("f~extras~0", ControlAction.RESUME, null).run();
    driver.succeedsNow("f~extras~0", "gift").run();

    assertThat(driver.done).doesNotContain("f~extras~0 DO card");
    driver.control("f", ControlAction.RESUME, null).run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    driver.assertAllReleased();
  }

  @Test
  void aFlowIsUndoneInTheLastSecondOfItsWindowWithAThousandArchivedParts() {
    Orchestration list =
        orchestration("order", parts("items", forEach(100, Tolerance.NONE, remote("pick"))));
    driver.items("items", 1_000).start(list, "f").pass(60_000);
    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    driver.assertAllReleased();
    long end = driver.flow("f").times().endedAt() + FamilyDefinitions.WINDOW.toMillis();
    driver.pass(end - driver.family().now);
    driver.family().told.clear();

    driver.control("f", ControlAction.UNDO, null).run();
    // Nothing of a part expires while the flow goes back, however long that takes.
    assertThat(driver.told("KEEP")).hasSize(1_000);
    driver.pass(60_000);

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.told("BACK")).hasSize(1_000);
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void anUndoAfterTheWindowIsRefused() {
    driver.start(SAGA_INSIDE, "f").run();
    driver.pass(FamilyDefinitions.WINDOW.toMillis() + 1);
    driver.family().told.clear();
    driver.control("f", ControlAction.UNDO, null).run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.family().told).isEmpty();
  }

  @Test
  void theOperatorUndoesTheFlowAsItsLastPartCompletes() {
    Orchestration order =
        orchestration("order", parts("items", forEach(2, Tolerance.NONE, remote("pick"))));
    driver.items("items", 2).play("f~items~1", "pick", Play.HOLD).start(order, "f").run();
    driver.succeedsNow("f~items~1", "pick");
    driver.control("f", ControlAction.UNDO, null).run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.stepStatus("f", "items")).isEqualTo(StepStatus.UNDO_SUCCESS);
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }
}

package io.doundo.orchestrator.core.family;

import static io.doundo.orchestrator.core.family.FamilyDefinitions.body;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.branch;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.firstOf;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.forEach;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.orchestration;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.parts;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.remote;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.event.FlowEvent.EngineFailed;
import io.doundo.orchestrator.core.family.FamilyDriver.Play;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.parts.EarlierPart;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Tolerance;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.ControlAction;
import org.junit.jupiter.api.Test;

/**
 * A late effect wakes a part that had ended without effect. A flow that goes back is not undone
 * before the part has undone that effect, whichever attempt of the step has begun the part.
 */
class LateEffectsInPartsTest {

  /** A saga inside that is tried twice. */
  private static final Orchestration TRIED_TWICE =
      orchestration(
          "order",
          remote("reserve"),
          parts("extras", new Work.Do(body(remote("gift"))), null, 2, UndoRule.OWN),
          remote("ship"));

  private static final Orchestration RACE =
      orchestration(
          "order",
          parts("offer", firstOf(branch("a", remote("bookA")), branch("b", remote("bookB")))),
          remote("ship"));

  private static final String FIRST = "f~extras~0";
  private static final String SECOND = "f~extras~0.2";

  private final FamilyDriver driver = new FamilyDriver();

  /** The first attempt has failed; an effect of it lands, and its UNDO is not answered yet. */
  private void wakeTheFirstAttempt() {
    driver.play(FIRST, "gift", Play.HOLD_UNDO).landsLate(FIRST, "gift").run();
    assertThat(driver.status(FIRST)).isEqualTo(FlowStatus.UNDOING);
    assertThat(driver.parts("f", "extras").earlier()).containsExactly(new EarlierPart(1, 0));
  }

  private void isUndoneOnceTheFirstAttemptIs() {
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDOING);
    driver.undoneNow(FIRST, "gift").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.standing()).isEmpty();
    assertThat(driver.parts("f", "extras").earlier()).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void aFlowThatIsCancelledWaitsForAPartOfAnEarlierAttempt() {
    driver
        .play(FIRST, "gift", Play.FAIL_FOR_GOOD)
        .play(SECOND, "gift", Play.HOLD)
        .start(TRIED_TWICE, "f")
        .pass(1_000);
    wakeTheFirstAttempt();

    driver.control("f", ControlAction.CANCEL, null).run();
    driver.succeedsNow(SECOND, "gift").run();

    assertThat(driver.status(SECOND)).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.done).doesNotContain("f UNDO reserve");
    isUndoneOnceTheFirstAttemptIs();
    assertThat(driver.done).endsWith("f UNDO reserve");
  }

  @Test
  void anUndoneFlowGoesBackOnceMoreForAPartOfAnEarlierAttempt() {
    driver
        .play(FIRST, "gift", Play.FAIL_FOR_GOOD)
        .play(SECOND, "gift", Play.FAIL_FOR_GOOD)
        .start(TRIED_TWICE, "f")
        .pass(1_000);
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);

    wakeTheFirstAttempt();

    assertThat(driver.family().audit())
        .contains("f FLOW_UNDOING: repair: an effect was reported after the flow had ended");
    isUndoneOnceTheFirstAttemptIs();
  }

  @Test
  void aCompletedFlowStaysSoAndWaitsOnlyWhenItIsUndone() {
    driver.play(FIRST, "gift", Play.FAIL_FOR_GOOD).start(TRIED_TWICE, "f").pass(1_000);
    wakeTheFirstAttempt();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);

    driver.control("f", ControlAction.UNDO, null).run();

    assertThat(driver.done).doesNotContain("f UNDO reserve");
    isUndoneOnceTheFirstAttemptIs();
  }

  @Test
  void whatAnAbandonedPartOfAnEarlierAttemptLeftStandingIsListed() {
    driver
        .play(FIRST, "gift", Play.FAIL_FOR_GOOD)
        .play(SECOND, "gift", Play.HOLD)
        .start(TRIED_TWICE, "f")
        .pass(1_000);
    wakeTheFirstAttempt();
    driver.control("f", ControlAction.CANCEL, null).run();
    driver.succeedsNow(SECOND, "gift").run();

    driver.control(FIRST, ControlAction.ABANDON, null).run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.flow("f").leftStanding(TRIED_TWICE)).containsExactly("extras");
  }

  @Test
  void aFlowOnWhichTheEngineHasFailedAsksForThePart() {
    driver
        .play(FIRST, "gift", Play.FAIL_FOR_GOOD)
        .play(SECOND, "gift", Play.FAIL_FOR_GOOD)
        .start(TRIED_TWICE, "f")
        .pass(1_000);
    wakeTheFirstAttempt();
    driver.family().take("f", new EngineFailed(driver.family().now, "broken"));
    driver.family().told.clear();

    driver.control("f", ControlAction.RETRY, null).run();

    assertThat(driver.family().told)
        .containsExactly("f -> f~extras~0 BACK", "f~extras~0 -> f ANSWERS RUNNING");
    isUndoneOnceTheFirstAttemptIs();
  }

  @Test
  void aFlowThatTurnsWaitsForALoserThatIsRepairing() {
    driver
        .play("f~offer~0", "bookA", Play.FAIL_FOR_GOOD)
        .play("f", "ship", Play.HOLD)
        .start(RACE, "f")
        .run();
    driver.play("f~offer~0", "bookA", Play.HOLD_UNDO).landsLate("f~offer~0", "bookA").run();
    assertThat(driver.parts("f", "offer").repairing()).hasToString("{0}");

    driver.control("f", ControlAction.CANCEL, null).run();
    driver.succeedsNow("f", "ship").run();

    assertThat(driver.status("f~offer~1")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDOING);
    driver.undoneNow("f~offer~0", "bookA").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void aListThatFailsWaitsForAnItemThatALateEffectHasWoken() {
    Orchestration list =
        orchestration("order", parts("items", forEach(2, Tolerance.NONE, remote("pick"))));
    driver
        .items("items", 2)
        .play("f~items~0", "pick", Play.FAIL_FOR_GOOD)
        .play("f~items~1", "pick", Play.HOLD)
        .start(list, "f")
        .run();
    driver.play("f~items~0", "pick", Play.HOLD_UNDO).landsLate("f~items~0", "pick").run();
    driver.succeedsNow("f~items~1", "pick").run();

    assertThat(driver.status("f~items~1")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.stepStatus("f", "items")).isEqualTo(StepStatus.IN_PROGRESS);
    driver.undoneNow("f~items~0", "pick").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }
}

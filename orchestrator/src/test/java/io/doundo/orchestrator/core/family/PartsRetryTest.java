package io.doundo.orchestrator.core.family;

import static io.doundo.orchestrator.core.family.FamilyDefinitions.body;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.forEach;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.orchestration;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.parts;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.pivot;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.remote;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.event.FlowEvent.EngineFailed;
import io.doundo.orchestrator.core.family.FamilyDriver.Play;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Tolerance;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.ControlAction;
import org.junit.jupiter.api.Test;

/** A step with parts that has failed for good and is retried by an operator. */
class PartsRetryTest {

  /** A failure behind the pivot does not turn the flow: it is parked, and may be retried. */
  private static final Orchestration BEHIND_A_PIVOT =
      orchestration(
          "order",
          pivot("charge"),
          parts("items", forEach(2, Tolerance.NONE, remote("pick"))),
          remote("ship"));

  private final FamilyDriver driver = new FamilyDriver();

  @Test
  void theFailedAttemptIsReleasedBeforeTheNextOneBegins() {
    driver
        .items("items", 3)
        .play("f~items~1", "pick", Play.FAIL_FOR_GOOD)
        .start(BEHIND_A_PIVOT, "f")
        .run();
    assertThat(driver.flow("f").parkReason()).isEqualTo(ParkReason.FORWARD_EXHAUSTED);
    driver.family().told.clear();

    driver.control("f", ControlAction.RETRY, "items").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.family().told)
        .startsWith(
            "f -> f~items~0 RELEASE",
            "f -> f~items~1 RELEASE",
            "f -> f~items~2 RELEASE",
            "f~items~0 -> f ANSWERS UNDONE",
            "f~items~1 -> f ANSWERS UNDONE",
            "f~items~2 -> f ANSWERS UNDONE",
            "f -> f~items~0.2 BEGIN",
            "f -> f~items~1.2 BEGIN");
    assertThat(driver.standing())
        .containsExactly(
            "f charge", "f ship", "f~items~0.2 pick", "f~items~1.2 pick", "f~items~2.2 pick");
    driver.assertAllReleased();
  }

  @Test
  void anAttemptAfterSeveralFailedOnesLeavesNoneOfThemBehind() {
    driver
        .items("items", 1)
        .play("f~items~0", "pick", Play.FAIL_FOR_GOOD)
        .play("f~items~0.2", "pick", Play.FAIL_FOR_GOOD)
        .start(BEHIND_A_PIVOT, "f")
        .run();
    driver.control("f", ControlAction.RETRY, "items").run();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.PARKED);

    driver.control("f", ControlAction.RETRY, null).run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.standing()).containsExactly("f charge", "f ship", "f~items~0.3 pick");
    driver.assertAllReleased();
  }

  @Test
  void aFlowThatIsPausedReleasesNothingAndGoesOnWhenItIsResumed() {
    driver
        .items("items", 1)
        .play("f~items~0", "pick", Play.FAIL_FOR_GOOD)
        .start(BEHIND_A_PIVOT, "f")
        .run();
    driver.family().told.clear();
    driver.control("f", ControlAction.RETRY, "items");
    driver.control("f", ControlAction.PAUSE, null).run();
    assertThat(driver.told("BEGIN")).isEmpty();

    driver.control("f", ControlAction.RESUME, null).run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    driver.assertAllReleased();
  }

  @Test
  void aListThatCannotBeReadAgainFailsOnceMoreAndCanBeRetried() {
    driver
        .items("items", 1)
        .play("f~items~0", "pick", Play.FAIL_FOR_GOOD)
        .start(BEHIND_A_PIVOT, "f")
        .run();
    driver.failing("items PARTS").control("f", ControlAction.RETRY, "items").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.PARKED);
    assertThat(driver.stepStatus("f", "items")).isEqualTo(StepStatus.FAILED);
    driver.control("f", ControlAction.SKIP, "items").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    driver.assertAllReleased();
  }

  @Test
  void aLateEffectInAFailedAttemptIsRepairedByThePartItself() {
    driver
        .items("items", 1)
        .play("f~items~0", "pick", Play.FAIL_FOR_GOOD)
        .start(BEHIND_A_PIVOT, "f")
        .run();
    driver.control("f", ControlAction.RETRY, "items");
    driver.landsLate("f~items~0", "pick").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.standing()).containsExactly("f charge", "f ship", "f~items~0.2 pick");
    driver.assertAllReleased();
  }

  @Test
  void whatAnAbandonedPartLeftStandingIsListedAfterALaterAttemptToo() {
    Orchestration order =
        orchestration(
            "order", parts("extras", new Work.Do(body(remote("gift"))), null, 2, UndoRule.OWN));
    driver.play("f~extras~0", "gift", Play.HOLD).start(order, "f").run();
    driver.control("f~extras~0", ControlAction.ABANDON, null).run();
    driver.play("f~extras~0.2", "gift", Play.FAIL_FOR_GOOD).pass(1_000);

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.flow("f").leftStanding(order)).containsExactly("extras");
    driver.assertAllReleased();
  }

  @Test
  void aPartThatIsAboutToTryAStepAgainAnswersHowItStands() {
    driver
        .play("f~outer~0~inner~0", "gift", Play.FAIL_FOR_GOOD)
        .start(
            orchestration(
                "order",
                parts(
                    "outer",
                    new Work.Do(
                        body(
                            parts(
                                "inner",
                                new Work.Do(body(remote("gift"))),
                                null,
                                2,
                                UndoRule.OWN))))),
            "f")
        .run();
    assertThat(driver.parts("f~outer~0", "inner").released()).hasToString("{0}");
    driver.family().take("f", new EngineFailed(driver.family().now, "broken"));
    driver.family().told.clear();

    driver.control("f", ControlAction.RETRY, null).run();

    assertThat(driver.family().told)
        .containsExactly("f -> f~outer~0 KEEP", "f~outer~0 -> f ANSWERS RUNNING");
    driver.pass(60_000);
    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    driver.assertAllReleased();
  }
}

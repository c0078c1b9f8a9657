package io.doundo.orchestrator.core.family;

import static io.doundo.orchestrator.core.family.FamilyDefinitions.body;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.branch;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.firstOf;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.forEach;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.orchestration;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.parts;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.pivot;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.pivotParts;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.remote;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.repeat;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.tolerated;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.withoutUndo;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.effect.Effect.KeepPart;
import io.doundo.orchestrator.core.effect.FlowMessage;
import io.doundo.orchestrator.core.event.FlowEvent.EngineFailed;
import io.doundo.orchestrator.core.family.FamilyDriver.Play;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.parts.PartPlace;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Tolerance;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.ControlAction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Flows whose steps are flows: how they go on, fail, go back, and end. */
class FamilyJourneysTest {

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
          parts("items", forEach(2, Tolerance.NONE, remote("pick"))),
          remote("ship"));

  private static final Orchestration RACE =
      orchestration(
          "order",
          parts("offer", firstOf(branch("a", remote("bookA")), branch("b", remote("bookB")))),
          remote("ship"));

  private static final Orchestration LOOP =
      orchestration(
          "order",
          parts("watch", repeat(Duration.ofMinutes(5), 10, remote("probe"))),
          remote("ship"));

  private final FamilyDriver driver = new FamilyDriver();

  @Test
  void aSagaInsideRunsAndIsReleased() {
    driver.start(SAGA_INSIDE, "f").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.done)
        .containsExactly("f DO reserve", "f~extras~0 DO gift", "f~extras~0 DO card", "f DO ship");
    assertThat(driver.family().told)
        .containsExactly(
            "f -> f~extras~0 BEGIN",
            "f~extras~0 -> f MOVED COMPLETED",
            "f -> f~extras~0 RELEASE",
            "f~extras~0 -> f ANSWERS COMPLETED");
    assertThat(driver.flow("f~extras~0").life().keptUntil())
        .isEqualTo(driver.flow("f").times().endedAt() + FamilyDefinitions.WINDOW.toMillis());
    driver.assertAllReleased();
  }

  @Test
  void aPartStaysUntilItsParentHasEnded() {
    driver.play("f", "ship", Play.HOLD).start(SAGA_INSIDE, "f").run();

    assertThat(driver.status("f~extras~0")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.flow("f~extras~0").mayBeArchived()).isFalse();

    driver.succeedsNow("f", "ship").run();

    driver.assertAllReleased();
  }

  @Test
  void aSagaInsideThatFailsHasUndoneItselfBeforeTheFlowTurns() {
    driver.play("f~extras~0", "card", Play.FAIL_FOR_GOOD).start(SAGA_INSIDE, "f").run();

    assertThat(driver.status("f~extras~0")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.done)
        .containsExactly(
            "f DO reserve",
            "f~extras~0 DO gift",
            "f~extras~0 DO card",
            "f~extras~0 UNDO gift",
            "f UNDO reserve");
    assertThat(driver.stepStatus("f", "extras")).isEqualTo(StepStatus.FAILED);
    assertThat(driver.step("f", "extras").error())
        .startsWith("part f~extras~0 failed: step card FAILED: no stock");
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void aFlowGoesOnWithoutASagaInsideThatFails() {
    Orchestration order =
        orchestration(
            "order",
            remote("reserve"),
            tolerated("extras", new Work.Do(body(remote("gift"), remote("card")))),
            remote("ship"));
    driver.play("f~extras~0", "card", Play.FAIL_FOR_GOOD).start(order, "f").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.stepStatus("f", "extras")).isEqualTo(StepStatus.GIVEN_UP);
    assertThat(driver.standing()).containsExactly("f reserve", "f ship");
    driver.assertAllReleased();
  }

  @Test
  void aFlowOfAnotherOrchestrationIsAPart() {
    driver.family().register(orchestration("shipping", remote("label"), remote("carrier")));
    Orchestration order =
        orchestration("order", parts("delivery", new Work.Flow("shipping")), remote("bill"));
    driver.play("f", "bill", Play.FAIL_FOR_GOOD).start(order, "f").run();

    assertThat(driver.flow("f~delivery~0").orchestrationName()).isEqualTo("shipping");
    assertThat(driver.flow("f~delivery~0").origin().root()).isEqualTo("f");
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.done).endsWith("f~delivery~0 UNDO carrier", "f~delivery~0 UNDO label");
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void aListRunsSomeItemsAtATime() {
    driver.items("items", 4);
    for (int i = 0; i < 4; i++) {
      driver.play("f~items~" + i, "pick", Play.HOLD);
    }
    driver.start(LIST, "f").run();
    assertThat(driver.parts("f", "items").sets().at(PartPlace.RUNNING)).hasToString("{0-1}");

    driver.succeedsNow("f~items~1", "pick").run();
    assertThat(driver.parts("f", "items").sets().at(PartPlace.RUNNING)).hasToString("{0, 2}");

    driver.succeedsNow("f~items~0", "pick").run();
    driver.succeedsNow("f~items~2", "pick").run();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.IN_PROGRESS);
    driver.succeedsNow("f~items~3", "pick").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.step("f", "items").result()).isEqualTo(FlowFamily.content(7));
    driver.assertAllReleased();
  }

  @Test
  void anEmptyListSucceedsAtOnce() {
    driver.items("items", 0).start(LIST, "f").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.family().told).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void aListThatFailsTakesBackItsFinishedItemsFirst() {
    driver
        .items("items", 5)
        .play("f~items~3", "pick", Play.FAIL_FOR_GOOD)
        .play("f~items~2", "pick", Play.HOLD)
        .start(LIST, "f")
        .run();

    // Item 2 is asked back while its worker holds its DO.
    assertThat(driver.stepStatus("f", "items")).isEqualTo(StepStatus.IN_PROGRESS);
    assertThat(driver.done).doesNotContain("f UNDO reserve");
    driver.succeedsNow("f~items~2", "pick").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.done).doesNotContain("f~items~4 DO pick").endsWith("f UNDO reserve");
    assertThat(driver.told("BACK", told -> told.replaceAll(".*-> (\\S+).*", "$1")))
        .containsExactly("f~items~2", "f~items~1", "f~items~0");
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void aListToleratesSomeFailures() {
    Orchestration order =
        orchestration(
            "order",
            parts("items", forEach(2, new Tolerance(50, true), remote("pick"))),
            remote("ship"));
    driver
        .items("items", 4)
        .play("f~items~0", "pick", Play.FAIL_FOR_GOOD)
        .play("f~items~3", "pick", Play.FAIL_FOR_GOOD)
        .start(order, "f")
        .run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.parts("f", "items").sets().at(PartPlace.FAILED)).hasToString("{0, 3}");
    assertThat(driver.standing()).containsExactly("f ship", "f~items~1 pick", "f~items~2 pick");
    driver.assertAllReleased();
  }

  @Test
  void oneFailureMoreThanToleratedFailsTheList() {
    Orchestration order =
        orchestration("order", parts("items", forEach(2, new Tolerance(1, false), remote("pick"))));
    driver
        .items("items", 4)
        .play("f~items~0", "pick", Play.FAIL_FOR_GOOD)
        .play("f~items~3", "pick", Play.FAIL_FOR_GOOD)
        .start(order, "f")
        .run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.step("f", "items").error())
        .startsWith("2 of 4 parts failed, the last one: step pick FAILED");
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void theFirstThatCompletesWinsAndTheOtherIsUndoneBeforeTheFlowGoesOn() {
    driver.play("f~offer~0", "bookA", Play.HOLD).start(RACE, "f").run();

    assertThat(driver.parts("f", "offer").winner()).isEqualTo(1);
    assertThat(driver.done).doesNotContain("f DO ship");
    driver.succeedsNow("f~offer~0", "bookA").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.done).endsWith("f~offer~0 UNDO bookA", "f DO ship");
    assertThat(driver.standing()).containsExactly("f ship", "f~offer~1 bookB");
    driver.assertAllReleased();
  }

  @Test
  void aLoserThatCompletesAtTheSameMomentIsTakenBackAsWell() {
    driver.start(RACE, "f").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.standing()).containsExactly("f ship", "f~offer~0 bookA");
    driver.assertAllReleased();
  }

  @Test
  void aRaceThatAllLoseFails() {
    driver
        .play("f~offer~0", "bookA", Play.FAIL_FOR_GOOD)
        .play("f~offer~1", "bookB", Play.FAIL_FOR_GOOD)
        .start(RACE, "f")
        .run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    driver.assertAllReleased();
  }

  @Test
  void aLoserStillBeingUndoneIsWaitedForWhenTheFlowIsCancelled() {
    driver.play("f~offer~0", "bookA", Play.HOLD).start(RACE, "f").run();
    driver.control("f", ControlAction.CANCEL, null).run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDOING);
    driver.succeedsNow("f~offer~0", "bookA").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void aLoopRunsOneRoundAfterTheOther() {
    driver.start(LOOP, "f").run();
    assertThat(driver.done).containsExactly("f~watch~0 DO probe");

    driver.pass(Duration.ofMinutes(5).toMillis() - 1);
    assertThat(driver.done).hasSize(1);
    driver.pass(1);
    assertThat(driver.done).hasSize(2);
    driver.pass(Duration.ofMinutes(5).toMillis());

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.done)
        .containsExactly(
            "f~watch~0 DO probe", "f~watch~1 DO probe", "f~watch~2 DO probe", "f DO ship");
    driver.assertAllReleased();
  }

  @Test
  void aLoopThatReachesItsMostRoundsTakesBackTheLastRoundFirst() {
    Orchestration order =
        orchestration("order", parts("watch", repeat(Duration.ZERO, 2, remote("probe"))));
    driver.start(order, "f").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.done).endsWith("f~watch~1 UNDO probe", "f~watch~0 UNDO probe");
    assertThat(driver.step("f", "watch").error()).contains("after 2 rounds");
    driver.assertAllReleased();
  }

  @Test
  void anEndlessLoopReleasesEachRoundAndDoesNotGrow() {
    Orchestration order =
        orchestration("order", parts("watch", repeat(Duration.ZERO, 0, withoutUndo("probe"))));
    driver.items("watch", 1_000).start(order, "f").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.parts("f", "watch").sets().at(PartPlace.RELEASED)).hasToString("{0-999}");
    assertThat(driver.told("RELEASE")).hasSize(1_000);
    driver.assertAllReleased();
  }

  @Test
  void undoOnDemandHasAllPartsComeBackBeforeItTakesBackTheFirst() {
    driver.items("items", 3).start(LIST, "f").run();
    driver.assertAllReleased();
    driver.family().told.clear();
    driver.control("f", ControlAction.UNDO, null).run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.family().told.stream().map(told -> told.replaceAll("f -> |-> f ", "")))
        .startsWith(
            "f~items~2 KEEP",
            "f~items~1 KEEP",
            "f~items~0 KEEP",
            "f~items~2 ANSWERS COMPLETED",
            "f~items~1 ANSWERS COMPLETED",
            "f~items~0 ANSWERS COMPLETED",
            "f~items~2 BACK",
            "f~items~1 BACK");
    assertThat(driver.done).endsWith("f~items~0 UNDO pick", "f UNDO reserve");
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void partsOfPartsAreReleasedAndComeBackWithThem() {
    Orchestration order =
        orchestration(
            "order",
            parts(
                "items",
                forEach(
                    2,
                    Tolerance.NONE,
                    parts("inner", new Work.Do(body(remote("pick")))),
                    remote("pack"))));
    driver.items("items", 2).start(order, "f").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.flow("f~items~1~inner~0").life().keptUntil())
        .isEqualTo(driver.flow("f").times().endedAt() + FamilyDefinitions.WINDOW.toMillis());
    driver.assertAllReleased();

    driver.control("f", ControlAction.UNDO, null).run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.standing()).isEmpty();
    assertThat(driver.told("f~items~1~inner~0 KEEP")).hasSize(1);
    driver.assertAllReleased();
  }

  @Test
  void aStepThatTimesOutTakesBackItsPartsAndIsTriedAgain() {
    Orchestration order =
        orchestration(
            "order",
            parts(
                "extras",
                new Work.Do(body(remote("gift"), remote("card"))),
                Duration.ofSeconds(10),
                2,
                UndoRule.OWN));
    driver.play("f~extras~0", "card", Play.HOLD).start(order, "f").run();
    driver.pass(10_000);
    assertThat(driver.told("f~extras~0 BACK")).hasSize(1);
    assertThat(driver.stepStatus("f", "extras")).isEqualTo(StepStatus.IN_PROGRESS);
    driver.succeedsNow("f~extras~0", "card").run();
    assertThat(driver.stepStatus("f", "extras")).isEqualTo(StepStatus.DO_FAIL);
    assertThat(driver.standing()).isEmpty();

    driver.pass(1_000);

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.standing()).containsExactly("f~extras~0.2 card", "f~extras~0.2 gift");
    driver.assertAllReleased();
  }

  @Test
  void aPartThatCompletesAsItsParentTimesOutIsTakenBack() {
    Orchestration order =
        orchestration(
            "order",
            parts(
                "extras",
                new Work.Do(body(remote("gift"))),
                Duration.ofSeconds(10),
                1,
                UndoRule.OWN));
    driver.play("f~extras~0", "gift", Play.HOLD).start(order, "f").run();
    driver.family().now += 10_000;
    driver.succeedsNow("f~extras~0", "gift");
    driver.family().fire("f");
    driver.run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void aStepWithoutUndoIsLeftStandingOnlyWhenItHasSucceeded() {
    Orchestration order =
        orchestration(
            "order",
            parts("extras", new Work.Do(body(remote("gift"))), null, 1, UndoRule.NONE),
            remote("ship"));
    driver.play("f", "ship", Play.FAIL_FOR_GOOD).start(order, "f").run();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.standing()).containsExactly("f~extras~0 gift");
    assertThat(driver.flow("f").leftStanding(order)).containsExactly("extras");

    driver.play("g~extras~0", "gift", Play.HOLD).start(order, "g").run();
    driver.control("g", ControlAction.CANCEL, null).run();
    driver.succeedsNow("g~extras~0", "gift").run();

    assertThat(driver.status("g")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.standing()).containsExactly("f~extras~0 gift");
    driver.assertAllReleased();
  }

  @Test
  void aCancelledFlowTakesBackARunningPart() {
    driver.play("f~extras~0", "card", Play.HOLD).start(SAGA_INSIDE, "f").run();
    driver.control("f", ControlAction.CANCEL, null).run();
    assertThat(driver.stepStatus("f", "extras")).isEqualTo(StepStatus.UNDOING);
    driver.succeedsNow("f~extras~0", "card").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.stepStatus("f", "extras")).isEqualTo(StepStatus.UNDO_SUCCESS);
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void aPartThatIsParkedKeepsItsParentWaiting() {
    driver.play("f~extras~0", "gift", Play.HOLD).start(SAGA_INSIDE, "f").run();
    driver.family().take("f~extras~0", new EngineFailed(driver.family().now, "?"));
    driver.run();

    assertThat(driver.parts("f", "extras").parked()).hasToString("{0}");
    assertThat(driver.status("f")).isEqualTo(FlowStatus.IN_PROGRESS);

    driver.control("f~extras~0", ControlAction.RETRY, null);
    driver.succeedsNow("f~extras~0", "gift").run();

    assertThat(driver.parts("f", "extras").parked().isEmpty()).isTrue();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    driver.assertAllReleased();
  }

  @Test
  void anAbandonedPartFailsItsStepAndIsListed() {
    driver.items("items", 3).play("f~items~1", "pick", Play.HOLD).start(LIST, "f").run();
    driver.control("f~items~1", ControlAction.ABANDON, null).run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.flow("f").leftStanding(LIST)).containsExactly("items");
    assertThat(driver.standing()).isEmpty();
    assertThat(driver.told("f~items~1 BACK")).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void anAbandonedParentAbandonsItsRunningParts() {
    driver.play("f~extras~0", "card", Play.HOLD).start(SAGA_INSIDE, "f").run();
    driver.control("f", ControlAction.ABANDON, null).run();

    assertThat(driver.status("f~extras~0")).isEqualTo(FlowStatus.ABANDONED);
    driver.assertAllReleased();
  }

  @Test
  void whatPartsOfAnAbandonedFlowStillTellIsNotKept() {
    List<KeepPart> kept = new ArrayList<>();
    driver.family().keptBy((flowId, part) -> kept.add(part));
    driver
        .items("items", 2)
        .play("f~items~0", "pick", Play.HOLD)
        .play("f~items~1", "pick", Play.HOLD)
        .start(LIST, "f")
        .run();
    driver.control("f", ControlAction.ABANDON, null).failsNow("f~items~0", "pick").run();

    assertThat(driver.status("f~items~0")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.status("f~items~1")).isEqualTo(FlowStatus.ABANDONED);
    assertThat(kept).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void pauseAndResumeGoDown() {
    driver.play("f~extras~0", "gift", Play.HOLD).start(SAGA_INSIDE, "f").run();
    driver.control("f", ControlAction.PAUSE, null).run();
    driver.succeedsNow("f~extras~0", "gift").run();

    assertThat(driver.done).doesNotContain("f~extras~0 DO card");
    assertThat(driver.flow("f~extras~0").life().paused()).isTrue();
    driver.control("f~extras~0", ControlAction.RESUME, null).run();
    assertThat(driver.done).doesNotContain("f~extras~0 DO card");

    driver.control("f", ControlAction.RESUME, null).run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    driver.assertAllReleased();
  }

  @Test
  void aPartThatIsPausedItselfStaysPausedWhenItsParentResumes() {
    driver.play("f~extras~0", "gift", Play.HOLD).start(SAGA_INSIDE, "f").run();
    driver.control("f~extras~0", ControlAction.PAUSE, null);
    driver.control("f", ControlAction.PAUSE, null).run();
    driver.control("f", ControlAction.RESUME, null).run();
    driver.succeedsNow("f~extras~0", "gift").run();

    assertThat(driver.done).doesNotContain("f~extras~0 DO card");
    driver.control("f~extras~0", ControlAction.RESUME, null).run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void anUndoOfAPartIsRefused() {
    driver.play("f", "ship", Play.HOLD).start(SAGA_INSIDE, "f").run();
    driver.control("f~extras~0", ControlAction.UNDO, null).run();

    assertThat(driver.family().audit())
        .contains("f~extras~0 CONTROL_REFUSED: UNDO refused: it is a part of f; undo that");
    assertThat(driver.status("f~extras~0")).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void aPartThatItsFlowMayStillTakeBackIsNotUndoneByItself() {
    driver.start(SAGA_INSIDE, "f").run();
    driver.family().now = driver.flow("f~extras~0").life().keptUntil();

    driver.control("f~extras~0", ControlAction.UNDO, null).run();

    assertThat(driver.status("f~extras~0")).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void aPartThatStandsAlthoughItsFlowWasAbandonedIsUndoneByItself() {
    driver.play("f", "ship", Play.HOLD).start(SAGA_INSIDE, "f").run();
    driver.control("f", ControlAction.ABANDON, null).run().pass(1_000);

    driver.control("f~extras~0", ControlAction.UNDO, null).run();

    assertThat(driver.status("f~extras~0")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.standing()).containsExactly("f reserve");
    assertThat(driver.status("f")).isEqualTo(FlowStatus.ABANDONED);
    driver.assertAllReleased();
  }

  @Test
  void aRetryOfAStepWithRunningPartsIsRefused() {
    driver.play("f~extras~0", "gift", Play.HOLD).start(SAGA_INSIDE, "f").run();
    driver.control("f", ControlAction.RETRY, "extras").run();

    assertThat(driver.family().audit())
        .contains(
            "f CONTROL_REFUSED: RETRY refused: step extras waits for its parts: RETRY them"
                + " instead");
  }

  @Test
  void aPartThatIsNotThereParksTheFlowUntilItIsSettled() {
    driver.play("f", "ship", Play.HOLD).start(SAGA_INSIDE, "f").run();
    driver.family().expire("f~extras~0");
    driver.control("f", ControlAction.CANCEL, null).run();
    driver.failsNow("f", "ship").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.PARKED);
    assertThat(driver.flow("f").parkReason()).isEqualTo(ParkReason.UNDO_FAILED);
    assertThat(driver.flow("f").reason()).contains("part f~extras~0 does not exist any more");
    driver.control("f", ControlAction.RETRY, "extras").run();
    assertThat(driver.told("f~extras~0 BACK")).hasSize(2);
    assertThat(driver.status("f")).isEqualTo(FlowStatus.PARKED);

    driver.control("f", ControlAction.RESOLVE, "extras").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.done).endsWith("f UNDO reserve");
  }

  @Test
  void aLateEffectWakesAPartAndItsParentUntilItIsUndone() {
    driver.play("f~extras~0", "card", Play.FAIL_FOR_GOOD).start(SAGA_INSIDE, "f").run();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    driver.family().told.clear();
    driver.landsLate("f~extras~0", "card").run();

    assertThat(driver.family().told)
        .containsExactly("f~extras~0 -> f MOVED RUNNING", "f~extras~0 -> f MOVED UNDONE");
    assertThat(driver.family().audit())
        .contains("f FLOW_UNDOING: repair: an effect was reported after the flow had ended");
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void aLateEffectInALoserIsRepairedWhileTheFlowStaysCompleted() {
    driver.play("f~offer~0", "bookA", Play.FAIL_FOR_GOOD).start(RACE, "f").run();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    driver.landsLate("f~offer~0", "bookA").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.parts("f", "offer").repairing().isEmpty()).isTrue();
    assertThat(driver.standing()).containsExactly("f ship", "f~offer~1 bookB");
    driver.assertAllReleased();
  }

  @Test
  void aPartPastItsPivotDoesNotGoBackAndItsStepGoesOnWithIt() {
    Orchestration order =
        orchestration(
            "order",
            remote("reserve"),
            pivotParts(
                "pay",
                new Work.Do(body(pivot("charge"), remote("receipt"))),
                Duration.ofSeconds(10)),
            remote("ship"));
    driver.play("f~pay~0", "receipt", Play.HOLD).start(order, "f").run();
    driver.pass(10_000);

    assertThat(driver.status("f")).isEqualTo(FlowStatus.IN_PROGRESS);
    assertThat(driver.family().audit())
        .contains("f INCIDENT pay: part f~pay~0 has passed its pivot and does not go back");
    driver.succeedsNow("f~pay~0", "receipt").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    driver.assertAllReleased();
  }

  @Test
  void aPartWhosePivotIsInFlightDecidesByItsOutcome() {
    Orchestration order =
        orchestration(
            "order",
            remote("reserve"),
            pivotParts(
                "pay",
                new Work.Do(body(remote("check"), pivot("charge"))),
                Duration.ofSeconds(10)));
    driver.play("f~pay~0", "charge", Play.HOLD).start(order, "f").run();
    driver.pass(10_000);
    driver.failsNow("f~pay~0", "charge").run();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.standing()).isEmpty();

    driver.play("g~pay~0", "charge", Play.HOLD).start(order, "g").run();
    driver.pass(10_000);
    driver.succeedsNow("g~pay~0", "charge").run();
    assertThat(driver.status("g")).isEqualTo(FlowStatus.COMPLETED);
    driver.assertAllReleased();
  }

  @Test
  void aPartWithoutAResultIsUndone() {
    driver.failing("f~extras~0 RESULT").start(SAGA_INSIDE, "f").run();

    assertThat(driver.status("f~extras~0")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void aListWhoseResultCannotBePutTogetherIsTakenBack() {
    driver.failing("items GATHER").start(LIST, "f").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void aListThatCannotBeReadFailsTheStepWithoutEffect() {
    driver.failing("items PARTS").start(LIST, "f").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.stepStatus("f", "items")).isEqualTo(StepStatus.FAILED);
    assertThat(driver.family().told).isEmpty();
  }

  @Test
  void aFlowThatStartsItselfForEverStopsAtSixteenLevels() {
    Orchestration order = orchestration("order", parts("again", new Work.Flow("order")));
    driver.start(order, "f").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.family().flows()).hasSize(17);
    driver.assertAllReleased();
  }

  @Test
  void aLongFlowIdIsShortenedInFront() {
    String id = "f".repeat(255);
    driver.start(SAGA_INSIDE, id).run();

    assertThat(driver.status(id)).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.family().flows().keySet())
        .anyMatch(flowId -> flowId.matches("[0-9a-f]{32}~extras~0"));
  }

  @Test
  void aPartThatCompletesAsItIsAskedBackAndDoesNotGoBackGivesItsResult() {
    Orchestration order =
        orchestration(
            "order",
            pivotParts(
                "pay",
                new Work.Do(body(pivot("charge"), remote("receipt"))),
                Duration.ofSeconds(10)),
            remote("ship"));
    driver.start(order, "f");
    FlowFamily family = driver.family();
    while (!(Objects.requireNonNull(family.log.peek()).told() instanceof FlowMessage.Moved)) {
      family.read();
    }
    // The step times out before it hears that the part has completed.
    family.now += Duration.ofSeconds(11).toMillis();
    family.fire("f");
    driver.run();

    assertThat(driver.told("BACK")).isNotEmpty();
    assertThat(driver.stepStatus("f", "pay")).isEqualTo(StepStatus.DO_SUCCESS);
    assertThat(driver.step("f", "pay").result()).isEqualTo(FlowFamily.content(7));
    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    driver.assertAllReleased();
  }
}

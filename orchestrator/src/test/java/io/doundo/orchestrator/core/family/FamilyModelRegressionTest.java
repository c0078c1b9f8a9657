package io.doundo.orchestrator.core.family;

import static io.doundo.orchestrator.core.family.FamilyDefinitions.branch;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.firstOf;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.forEach;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.orchestration;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.parts;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.pivot;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.remote;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.event.FlowEvent.EngineFailed;
import io.doundo.orchestrator.core.family.FamilyDriver.Play;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.parts.PartPlace;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.StepData;
import io.doundo.orchestrator.definition.Tolerance;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.ControlAction;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

/** What the formal model of a flow and its parts found in the core ({@code docs/spec}). */
class FamilyModelRegressionTest {

  private final FamilyDriver driver = new FamilyDriver();

  /** The flow reads the next record that is for it, before all others. */
  private void reads(String flowId) {
    FlowFamily family = driver.family();
    FlowFamily.Message next =
        family.log.stream()
            .filter(message -> message.flowId().equals(flowId))
            .findFirst()
            .orElseThrow(() -> new NoSuchElementException("nothing is told to " + flowId));
    family.log.remove(next);
    family.take(flowId, family.eventOf(next));
  }

  private void failsEngineOn(String flowId) {
    driver.family().take(flowId, new EngineFailed(driver.family().now, "broken"));
  }

  /**
   * The step had asked its parts how they stand, and these answers arrive after the flow's end,
   * when it waits for those to RELEASE, and then to KEEP.
   */
  @Test
  void anAnswerToAnEarlierWordIsNotTakenForTheOneToKeep() {
    Orchestration order =
        orchestration("order", parts("items", forEach(2, Tolerance.NONE, remote("pick"))));
    driver.items("items", 2).play("f~items~0", "pick", Play.HOLD);
    driver.play("f~items~1", "pick", Play.HOLD).start(order, "f").run();
    failsEngineOn("f");
    driver.succeedsNow("f~items~0", "pick").succeedsNow("f~items~1", "pick");
    driver.control("f", ControlAction.RETRY, null);
    reads("f");
    reads("f");
    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    reads("f~items~1");
    reads("f~items~1");
    reads("f~items~0");
    reads("f");
    reads("f");
    reads("f");

    driver.control("f", ControlAction.UNDO, null);
    reads("f");
    reads("f~items~0");
    reads("f");
    reads("f~items~1");
    reads("f");

    // The other part has not heard KEEP, and may still expire.
    assertThat(driver.told("KEEP")).contains("f -> f~items~0 KEEP");
    assertThat(driver.flow("f~items~0").life().keptUntil()).isPositive();
    assertThat(driver.told("BACK")).isEmpty();
    driver.run();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }

  /**
   * The engine fails on the last word of a part that was asked back, and a step beside it fails.
   */
  @Test
  void aFlowThatTurnsBackAfterAFaultAsksItsPartsAgain() {
    Orchestration order =
        orchestration(
            "order",
            List.of(
                parts("offer", firstOf(branch("a", remote("bookA")), branch("b", remote("bookB")))),
                remote("check")));
    driver.play("f~offer~1", "bookB", Play.HOLD).play("f", "check", Play.HOLD);
    driver.start(order, "f").run();
    driver.failsNow("f~offer~1", "bookB");
    assertThat(driver.family().log).hasSize(1);
    driver.family().log.clear();
    failsEngineOn("f");
    driver.failsNow("f", "check").run();

    assertThat(driver.parts("f", "offer").sets().at(PartPlace.ASKED).isEmpty()).isTrue();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }

  /** It asked the part back, which refused, and tried again for ever. */
  @Test
  void aStepPastItsPivotGoesOnWithoutAResultThatCannotBeComputed() {
    driver.family().register(orchestration("payment", pivot("charge"), remote("receipt")));
    Step pay =
        new Step(
            "pay",
            1,
            List.of(),
            null,
            new StepData(null, "{{ result.receipt }}"),
            new Work.Flow("payment"),
            FamilyDefinitions.rules(null, 1),
            UndoRule.OWN,
            false,
            true);
    driver.failing("pay GATHER").start(orchestration("order", pay, remote("ship")), "f").run();

    assertThat(driver.stepStatus("f", "pay")).isEqualTo(StepStatus.DO_SUCCESS);
    assertThat(driver.step("f", "pay").result()).isNull();
    assertThat(driver.family().audit())
        .contains("f INCIDENT pay: it has passed its pivot, and has no result: broken");
    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.told("BACK")).hasSize(1);
    driver.assertAllReleased();
  }
}

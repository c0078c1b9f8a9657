package io.doundo.orchestrator.core.family;

import static io.doundo.orchestrator.core.family.FamilyDefinitions.body;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.forEach;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.orchestration;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.parts;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.remote;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.effect.FlowMessage;
import io.doundo.orchestrator.core.effect.FlowMessage.Asked;
import io.doundo.orchestrator.core.event.FlowEvent.EngineFailed;
import io.doundo.orchestrator.core.family.FamilyDriver.Play;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.parts.ParentVerb;
import io.doundo.orchestrator.core.state.parts.PausedPart;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Tolerance;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.ControlAction;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A flow knows which of its parts an operator has paused by themselves. */
class PausedPartsTest {

  private static final Orchestration LIST =
      orchestration("order", parts("items", forEach(3, Tolerance.NONE, remote("pick"))));

  private final FamilyDriver driver = new FamilyDriver();

  private void startTheList() {
    for (int i = 0; i < 3; i++) {
      driver.play("f~items~" + i, "pick", Play.HOLD);
    }
    driver.items("items", 3).start(LIST, "f").run();
  }

  private List<PausedPart> paused(String step) {
    return driver.parts("f", step).paused();
  }

  private PausedPart part(int attempt, int index) {
    return new PausedPart(attempt, index, driver.family().now, "operator");
  }

  @Test
  void aPartThatIsPausedIsKnownUntilItIsResumed() {
    startTheList();

    driver.control("f~items~1", ControlAction.PAUSE, null).run();
    assertThat(paused("items")).containsExactly(part(1, 1));

    driver.control("f~items~1", ControlAction.RESUME, null).run();
    assertThat(paused("items")).isEmpty();
    driver.allSucceedNow();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    driver.assertAllReleased();
  }

  @Test
  void whatTheFlowAsksOfThePartDoesNotMakeItForgetWhoHasPausedIt() {
    startTheList();
    driver.control("f~items~1", ControlAction.PAUSE, null).run();
    PausedPart known = part(1, 1);

    driver.pass(5_000).control("f", ControlAction.CANCEL, null).allSucceedNow();

    assertThat(paused("items")).containsExactly(known);
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDOING);
    assertThat(driver.status("f~items~1")).isEqualTo(FlowStatus.UNDOING);
    driver.control("f~items~1", ControlAction.RESUME, null).run();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(paused("items")).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void partsThatArePausedWithTheirFlowAreNotAmongThem() {
    startTheList();

    driver.control("f", ControlAction.PAUSE, null).run();
    assertThat(paused("items")).isEmpty();

    driver.control("f~items~2", ControlAction.PAUSE, null).run();
    driver.control("f", ControlAction.RESUME, null).run();
    assertThat(paused("items")).as("it stays paused by itself").containsExactly(part(1, 2));
  }

  @Test
  void aPausedPartThatIsAbandonedWaitsForNobody() {
    startTheList();
    driver.control("f~items~0", ControlAction.PAUSE, null).run();

    driver.control("f~items~0", ControlAction.ABANDON, null).run();

    assertThat(paused("items")).isEmpty();
  }

  @Test
  void aPartOfAnEarlierAttemptThatUndoesALateEffectMayBePausedToo() {
    String first = "f~extras~0";
    String second = "f~extras~0.2";
    Orchestration triedTwice =
        orchestration(
            "order", parts("extras", new Work.Do(body(remote("gift"))), null, 2, UndoRule.OWN));
    driver
        .play(first, "gift", Play.FAIL_FOR_GOOD)
        .play(second, "gift", Play.HOLD)
        .start(triedTwice, "f")
        .pass(1_000);
    driver.play(first, "gift", Play.HOLD_UNDO).landsLate(first, "gift").run();

    driver.control(first, ControlAction.PAUSE, null).run();
    assertThat(paused("extras")).containsExactly(part(1, 0));

    driver.control("f", ControlAction.CANCEL, null).run();
    driver.succeedsNow(second, "gift").run();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDOING);
    driver.undoneNow(first, "gift").run();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(paused("extras")).isEmpty();
    driver.assertAllReleased();
  }

  /** The engine fails on what the flow asks of its second part; later an operator has it go on. */
  private void failsOn(ParentVerb verb) {
    FlowMessage unused =
        driver.failsOn("f~items~1", told -> told instanceof Asked asked && asked.verb() == verb);
    driver.run();
    assertThat(driver.status("f~items~1")).isEqualTo(FlowStatus.PARKED);
    driver.control("f~items~1", ControlAction.RETRY, null).run();
    driver.succeedsNow("f~items~1", "pick").run();
  }

  private void startTheLongList() {
    for (int i = 0; i < 3; i++) {
      driver.play("f~items~" + i, "pick", Play.HOLD);
    }
    Work.Parts items = forEach(3, Tolerance.NONE, remote("pick"), remote("pack"));
    driver.items("items", 3).start(orchestration("order", parts("items", items)), "f").run();
  }

  @Test
  void aPartThatHasNotHeardThatItsFlowWasResumedHearsItOnceItGoesOn() {
    startTheLongList();
    driver.control("f", ControlAction.PAUSE, null).run();
    driver.control("f", ControlAction.RESUME, null);

    failsOn(ParentVerb.RESUME);

    driver.allSucceedNow();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    driver.assertAllReleased();
  }

  @Test
  void aPartThatHasNotHeardThatItsFlowIsPausedSendsNothingOnceItGoesOn() {
    startTheLongList();
    driver.control("f", ControlAction.PAUSE, null);

    failsOn(ParentVerb.PAUSE);

    assertThat(driver.done).doesNotContain("f~items~1 DO pack");
    driver.control("f", ControlAction.RESUME, null).allSucceedNow();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    driver.assertAllReleased();
  }

  @Test
  void thePartsOfAFlowOnWhichTheEngineHasFailedCanBePausedWithIt() {
    startTheLongList();
    driver.family().take("f", new EngineFailed(driver.family().now, "broken"));

    driver.control("f", ControlAction.PAUSE, null).run();

    driver.succeedsNow("f~items~1", "pick").run();
    assertThat(driver.done).doesNotContain("f~items~1 DO pack");
    driver.control("f", ControlAction.RESUME, null);
    driver.control("f", ControlAction.RETRY, null).allSucceedNow();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
  }
}

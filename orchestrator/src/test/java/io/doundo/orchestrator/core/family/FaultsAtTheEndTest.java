package io.doundo.orchestrator.core.family;

import static io.doundo.orchestrator.core.family.FamilyDefinitions.body;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.orchestration;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.parts;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.remote;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.effect.FlowMessage;
import io.doundo.orchestrator.core.effect.FlowMessage.Asked;
import io.doundo.orchestrator.core.effect.FlowMessage.Moved;
import io.doundo.orchestrator.core.event.FlowEvent.ChildMoved;
import io.doundo.orchestrator.core.event.FlowEvent.EngineFailed;
import io.doundo.orchestrator.core.family.FamilyDriver.Play;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.PartStatus;
import io.doundo.orchestrator.core.state.parts.ParentVerb;
import io.doundo.orchestrator.core.state.parts.PartLink;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.ControlAction;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The engine fails on a word between a flow and its parts when one of them has ended. */
class FaultsAtTheEndTest {

  private static final long MINUTE = 60_000;

  /** A part that has a part. */
  private static final Orchestration ORDER =
      orchestration(
          "order",
          parts("outer", new Work.Do(body(parts("inner", new Work.Do(body(remote("gift"))))))),
          remote("ship"));

  private static final String OUTER = "f~outer~0";
  private static final String INNER = OUTER + "~inner~0";

  /** A part that may fail, behind a step that has an effect. */
  private static final Orchestration SIMPLE =
      orchestration(
          "simple", remote("reserve"), parts("extras", new Work.Do(body(remote("gift")))));

  private static final String GIFT = "f~extras~0";

  private final FamilyDriver driver = new FamilyDriver();

  private static boolean answers(FlowMessage told, boolean isReleased) {
    return told instanceof Moved moved && moved.isAnswer() && moved.keptUntil() > 0 == isReleased;
  }

  private static boolean asks(FlowMessage told, ParentVerb verb) {
    return told instanceof Asked asked && asked.verb() == verb;
  }

  /** What the engine answers for a part that cannot be reached. */
  private void hearsThatItCannotBeReached(FlowMessage asked) {
    PartLink link = ((Asked) asked).link();
    driver
        .family()
        .take(
            link.flowId(),
            new ChildMoved(
                driver.family().now,
                link,
                0,
                PartStatus.LOST,
                true,
                false,
                Moved.NOT_TOLD,
                null,
                "internal error",
                List.of(),
                List.of(),
                List.of()));
  }

  private void start() {
    driver.play("f", "ship", Play.HOLD).start(ORDER, "f").run();
    driver.succeedsNow("f", "ship");
  }

  private void allAreReleased() {
    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    driver.assertAllReleased();
  }

  @Test
  void aFlowAsksForTheAnswerToReleaseAgain() {
    start();
    FlowMessage unused = driver.failsOn("f", told -> answers(told, true));
    driver.run();
    assertThat(driver.flow("f").mayBeArchived()).isFalse();

    driver.pass(MINUTE);

    allAreReleased();
  }

  @Test
  void aPartAsksForTheAnswerToReleaseAgain() {
    start();
    FlowMessage unused = driver.failsOn(OUTER, told -> answers(told, true));
    driver.run();
    assertThat(driver.flow(OUTER).mayBeArchived()).isFalse();

    driver.pass(MINUTE);

    allAreReleased();
    assertThat(driver.flow(INNER).life().keptUntil())
        .as("as long as its flow")
        .isEqualTo(driver.flow(OUTER).life().keptUntil());
  }

  @Test
  void aPartThatMissedItsReleaseIsReleasedOnceMore() {
    start();
    hearsThatItCannotBeReached(driver.failsOn(OUTER, told -> asks(told, ParentVerb.RELEASE)));
    driver.run();
    assertThat(driver.flow("f").mayBeArchived()).isTrue();
    assertThat(driver.flow(OUTER).mayBeArchived()).isFalse();

    driver.pass(MINUTE);

    allAreReleased();
  }

  @Test
  void aPartThatIsNeededAgainAsksForTheAnswerToKeepAgain() {
    start();
    driver.run();
    driver.control("f", ControlAction.UNDO, null);
    FlowMessage unused = driver.failsOn(OUTER, told -> answers(told, false));
    driver.run();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDOING);
    assertThat(driver.done).doesNotContain("f UNDO ship");

    driver.pass(MINUTE);

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }

  private void wakes(String flowId, String step) {
    driver.play(flowId, step, Play.HOLD_UNDO).landsLate(flowId, step);
  }

  private static boolean isAwake(FlowMessage told) {
    return told instanceof Moved moved && moved.status() == PartStatus.RUNNING && !moved.isAnswer();
  }

  @Test
  void anUndoneFlowWaitsForThePartWhoseWordOfALateEffectWasLost() {
    driver.play(GIFT, "gift", Play.FAIL_FOR_GOOD).start(SIMPLE, "f").run();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    wakes(GIFT, "gift");
    FlowMessage unused = driver.failsOn("f", FaultsAtTheEndTest::isAwake);
    driver.run();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.flow("f").mayBeArchived()).isFalse();

    driver.pass(MINUTE);

    assertThat(driver.status("f")).as("a recorded repair").isEqualTo(FlowStatus.UNDOING);
    driver.undoneNow(GIFT, "gift").run();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void anUndoneFlowHearsOfAPartEvenIfBothOfItsWordsWereLost() {
    driver.play(GIFT, "gift", Play.FAIL_FOR_GOOD).start(SIMPLE, "f").run();
    wakes(GIFT, "gift");
    FlowMessage unused = driver.failsOn("f", FaultsAtTheEndTest::isAwake);
    driver.run();
    driver.undoneNow(GIFT, "gift");
    FlowMessage last = driver.failsOn("f", told -> told instanceof Moved);
    assertThat(last).extracting("status").isEqualTo(PartStatus.UNDONE);

    driver.pass(2 * MINUTE);

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.parts("f", "extras").repairing()).hasToString("{}");
    driver.assertAllReleased();
  }

  @Test
  void aFlowOnItsWayBackWaitsForThePartWhoseWordOfALateEffectWasLost() {
    driver
        .play("f", "reserve", Play.HOLD_UNDO)
        .play(GIFT, "gift", Play.FAIL_FOR_GOOD)
        .start(SIMPLE, "f")
        .run();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDOING);
    wakes(GIFT, "gift");
    FlowMessage unused = driver.failsOn("f", FaultsAtTheEndTest::isAwake);
    assertThat(driver.status("f")).isEqualTo(FlowStatus.PARKED);

    driver.control("f", ControlAction.RETRY, null).run();
    driver.undoneNow("f", "reserve").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDOING);
    driver.undoneNow(GIFT, "gift").run();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.standing()).isEmpty();
    driver.assertAllReleased();
  }

  @Test
  void aFlowThatHasEndedAndAwaitsNothingHasNoTimer() {
    start();
    driver.run();

    driver.family().take("f", new EngineFailed(driver.family().now, "broken"));

    allAreReleased();
  }

  @Test
  void aPartThatHasEndedLongBeforeItsFlowTellsItOnceMoreAndThenRests() {
    driver.play("f", "ship", Play.HOLD).start(ORDER, "f").run();
    driver.family().take(OUTER, new EngineFailed(driver.family().now, "broken"));
    driver.family().told.clear();

    driver.family().now += MINUTE;
    driver.family().fire(OUTER);
    driver.run();

    assertThat(driver.family().told).containsExactly(OUTER + " -> f ANSWERS COMPLETED");
    assertThat(driver.family().timers()).doesNotContainKey(OUTER);
    driver.succeedsNow("f", "ship").run();
    allAreReleased();
  }

  @Test
  void aPartThatWasParkedAsItsFlowWasAbandonedIsReleasedOnceItHasEnded() {
    driver.play(GIFT, "gift", Play.HOLD).start(SIMPLE, "f").run();
    driver.control("f", ControlAction.ABANDON, null);
    FlowMessage abandon = driver.failsOn(GIFT, told -> asks(told, ParentVerb.ABANDON));
    FlowMessage release = driver.failsOn(GIFT, told -> asks(told, ParentVerb.RELEASE));
    driver.run();
    assertThat(driver.status(GIFT)).isEqualTo(FlowStatus.PARKED);

    driver.control(GIFT, ControlAction.ABANDON, null).run();

    assertThat(abandon).isNotEqualTo(release);
    driver.assertAllReleased();
  }
}

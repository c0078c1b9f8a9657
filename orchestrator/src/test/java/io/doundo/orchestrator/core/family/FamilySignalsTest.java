package io.doundo.orchestrator.core.family;

import static io.doundo.orchestrator.core.family.FamilyDefinitions.body;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.forEach;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.orchestration;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.parts;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.remote;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.repeat;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.signal;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.family.FamilyDriver.Play;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Tolerance;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.ControlAction;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Signals belong to the flow to which they were sent, and reach the part that waits for them. */
class FamilySignalsTest {

  private static final Orchestration LOOP =
      orchestration(
          "order",
          parts("rounds", repeat(Duration.ofMinutes(5), 10, signal("decide", "decision"))));

  private static final Orchestration NESTED =
      orchestration(
          "order",
          parts(
              "outer",
              new Work.Do(body(parts("inner", new Work.Do(body(signal("decide", "decision"))))))));

  private final FamilyDriver driver = new FamilyDriver();

  @Test
  void aSignalReachesThePartThatWaitsForIt() {
    driver.start(NESTED, "f").run().signal("f", "decision", 1).run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.told("HANDED decision"))
        .containsExactly(
            "f -> f~outer~0 HANDED decision", "f~outer~0 -> f~outer~0~inner~0 HANDED decision");
    assertThat(driver.step("f~outer~0~inner~0", "decide").result())
        .isEqualTo(FlowFamily.content(1));
    assertThat(driver.family().refused()).isEmpty();
  }

  @Test
  void aSignalThatComesBeforeAPartWaitsIsKept() {
    driver.start(NESTED, "f").signal("f", "decision", 1);
    assertThat(driver.flow("f").signals().kept()).hasSize(1);
    driver.run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void aSignalBetweenTwoRoundsWaitsForTheNextOneAndCountsOnce() {
    driver.start(LOOP, "f").run().signal("f", "decision", 1).run();
    driver.signal("f", "decision", 2).signal("f", "decision", 2).run();
    assertThat(driver.flow("f").signals().kept()).hasSize(1);

    driver.pass(Duration.ofMinutes(5).toMillis());

    assertThat(driver.step("f~rounds~1", "decide").result()).isEqualTo(FlowFamily.content(2));
    assertThat(driver.flow("f").signals().kept()).isEmpty();
    driver.pass(Duration.ofMinutes(5).toMillis());
    driver.signal("f", "decision", 3).run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.family().refused()).isEmpty();
  }

  @Test
  void aSignalThatCrossesTheEndOfItsRoundComesBackInFrontOfLaterOnes() {
    driver.start(LOOP, "f").run();
    driver.signal("f~rounds~0", "decision", 9);
    driver.signal("f", "decision", 1).signal("f", "decision", 2).run();
    assertThat(driver.told("HANDED decision")).hasSize(1);
    assertThat(driver.flow("f").signals().kept())
        .extracting(kept -> kept.controlId())
        .containsExactly("signal 1", "signal 2");

    driver.pass(Duration.ofMinutes(5).toMillis());

    assertThat(driver.step("f~rounds~1", "decide").result()).isEqualTo(FlowFamily.content(1));
  }

  @Test
  void oneSignalGoesToOnePart() {
    Orchestration order =
        orchestration(
            "order", parts("items", forEach(3, Tolerance.NONE, signal("decide", "decision"))));
    driver.start(order, "f").run().signal("f", "decision", 1).run();

    assertThat(driver.told("HANDED decision")).hasSize(1);
    assertThat(driver.status("f~items~0")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.stepStatus("f~items~1", "decide")).isEqualTo(StepStatus.WAITING);
    driver.signal("f", "decision", 2).signal("f", "decision", 3).run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void aSignalThatNoPartTakesIsRefusedByTheFlowToWhichItWasSent() {
    driver.start(NESTED, "f").run();
    driver.control("f", ControlAction.PAUSE, null).signal("f", "decision", 1);
    driver.control("f", ControlAction.CANCEL, null).run();

    assertThat(driver.family().refused())
        .containsExactly(
            "f: signal decision [signal 1] by somebody refused: the flow is being undone and waits"
                + " for no signal any more");
  }

  @Test
  void aSignalThatNobodyWaitsForIsRefused() {
    driver.start(NESTED, "f").run().signal("f", "other", 1);

    assertThat(driver.family().refused()).hasSize(1);
  }

  @Test
  void aSignalHandedToAPartThatIsGoneComesBack() {
    Orchestration order =
        orchestration(
            "order",
            parts("first", new Work.Do(body(signal("decide", "decision"), remote("pack")))),
            signal("last", "decision"));
    driver.play("f~first~0", "pack", Play.HOLD).start(order, "f").run();
    driver.family().expire("f~first~0");
    driver.signal("f", "decision", 1).run();

    // The part is lost, and with it the way forward.
    assertThat(driver.status("f")).isEqualTo(FlowStatus.PARKED);
    assertThat(driver.family().refused()).singleElement().asString().contains("signal 1");
  }
}

package io.doundo.orchestrator.core;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static io.doundo.orchestrator.journey.TestDefinitions.orchestration;
import static io.doundo.orchestrator.journey.TestDefinitions.parallel;
import static io.doundo.orchestrator.journey.TestDefinitions.step;
import static io.doundo.orchestrator.journey.TestDefinitions.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.GraphType;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.journey.JourneyDriver.Command;
import io.doundo.orchestrator.journey.JourneyDriver.Echo;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.KnownEffect;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A turn may have been read, and its command sent, by a transaction that was aborted. */
class TurnRegressionTest {

  private static final String FLOW = "flow-1";

  private final CoreJourneyDriver driver = new CoreJourneyDriver().withoutCommits();

  private Command next() {
    List<Command> commands = driver.takeCommands();
    assertThat(commands).hasSize(1);
    return commands.get(0);
  }

  private void begin(Orchestration definition) {
    driver.register(definition);
    driver.start(FLOW, definition.name(), Map.of());
  }

  private StepStatus statusOf(int step) {
    return driver.flow(FLOW).steps().get(step).status();
  }

  @Test
  void aCancelWaitsForAnArmedPivot() {
    begin(with(chain("order", "capture", "mail"), "capture", TestDefinitions::pivot));
    assertThat(statusOf(0)).isEqualTo(StepStatus.ARMED);
    driver.control(FLOW, ControlAction.CANCEL, null, Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.IN_PROGRESS);
    driver.commit();
    driver.succeed(FLOW, next(), Echo.NOTHING, Map.of());
    assertThat(next().step()).isEqualTo("mail");
    assertThat(driver.audit(FLOW)).anyMatch(entry -> entry.startsWith("FLOW_CANCEL_DROPPED"));
  }

  @Test
  void theTimeoutOfTheFlowWaitsForAnArmedPivot() {
    begin(
        with(
            orchestration(
                "order", GraphType.SEQUENTIAL, List.of(step("capture", 1)), Duration.ofSeconds(10)),
            "capture",
            TestDefinitions::pivot));
    driver.pass(Duration.ofSeconds(11));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.IN_PROGRESS);
    driver.commit();
    driver.failForGood(FLOW, next(), Echo.NOTHING, "no");
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void anArmedPivotCannotBeSkipped() {
    begin(with(chain("order", "capture", "mail"), "capture", TestDefinitions::pivot));
    driver.control(FLOW, ControlAction.SKIP, "capture", Map.of());
    assertThat(statusOf(0)).isEqualTo(StepStatus.ARMED);
    assertThat(driver.audit(FLOW)).anyMatch(entry -> entry.startsWith("CONTROL_REFUSED"));
  }

  @Test
  void anArmedStepThatIsSkippedMayHaveHadItsEffect() {
    begin(with(chain("order", "reserve", "charge"), "reserve", TestDefinitions::committed));
    driver.control(FLOW, ControlAction.SKIP, "reserve", Map.of());
    driver.failForGood(FLOW, next(), Echo.NOTHING, "no");
    driver.commit();
    Command undo = next();
    assertThat(undo.step()).isEqualTo("reserve");
    assertThat(undo.effect()).isEqualTo(KnownEffect.UNKNOWN);
  }

  @Test
  void aRepairNeedsItsOwnTurnWhenTheFlowHadEndedBeforeItsTurnWasReadBack() {
    begin(parallel("both", "reserve", "role"));
    List<Command> sent = driver.takeCommands();
    driver.failForGood(FLOW, sent.get(0), Echo.ATTEMPT, "no");
    driver.fail(FLOW, sent.get(1), Echo.ATTEMPT, "broken", null);
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
    driver.commit();
    driver.succeed(FLOW, sent.get(1), Echo.ATTEMPT, Map.of());
    assertThat(driver.takeCommands()).isEmpty();
    driver.commit();
    driver.succeed(FLOW, next(), Echo.ATTEMPT, Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }
}

package io.doundo.orchestrator.core;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static io.doundo.orchestrator.journey.TestDefinitions.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.journey.JourneyDriver.Command;
import io.doundo.orchestrator.journey.JourneyDriver.Echo;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.KnownEffect;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Irreversible turns are not visible before they are committed. */
class TurnTest {

  private static final String FLOW = "flow-1";

  private final CoreJourneyDriver driver = new CoreJourneyDriver().withoutCommits();

  private void beginOrder(String committedStep) {
    driver.register(
        with(
            with(chain("order", "reserve", "charge", "ship"), "charge", TestDefinitions::committed),
            "ship",
            committedStep.equals("ship") ? TestDefinitions::pivot : step -> step));
    driver.start(FLOW, "order", Map.of("order", 7));
  }

  private void succeed(Command command) {
    driver.succeed(FLOW, command, Echo.NOTHING, Map.of());
  }

  private Command next() {
    List<Command> commands = driver.takeCommands();
    assertThat(commands).hasSize(1);
    return commands.get(0);
  }

  @Test
  void theFirstUndoWaitsForItsTurnAndLaterOnesDoNot() {
    beginOrder("charge");
    succeed(next());
    driver.commit();
    succeed(next());
    driver.failForGood(FLOW, next(), Echo.NOTHING, "broken");
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDOING);
    assertThat(driver.takeCommands()).isEmpty();
    driver.commit();
    Command undoCharge = next();
    assertThat(undoCharge.step()).isEqualTo("charge");
    succeed(undoCharge);
    assertThat(next().step()).isEqualTo("reserve");
  }

  @Test
  void aCommittedStepIsArmedFirst() {
    beginOrder("charge");
    succeed(next());
    assertThat(driver.takeCommands()).isEmpty();
    assertThat(driver.flow(FLOW).steps().get(1).status()).isEqualTo(StepStatus.ARMED);
    driver.commit();
    assertThat(next().step()).isEqualTo("charge");
  }

  @Test
  void everyAttemptOfAPivotIsArmedFirst() {
    beginOrder("ship");
    succeed(next());
    driver.commit();
    succeed(next());
    driver.commit();
    driver.fail(FLOW, next(), Echo.NOTHING, "broken", null);
    driver.pass(Duration.ofSeconds(2));
    assertThat(driver.takeCommands()).isEmpty();
    assertThat(driver.flow(FLOW).steps().get(2).status()).isEqualTo(StepStatus.ARMED);
    driver.commit();
    assertThat(next().attempt()).isEqualTo(2);
  }

  @Test
  void anArmedStepIsWithdrawnAndUndoneWhenTheFlowTurns() {
    beginOrder("charge");
    succeed(next());
    driver.control(FLOW, ControlAction.CANCEL, null, Map.of());
    assertThat(driver.flow(FLOW).steps().get(1).status()).isEqualTo(StepStatus.IN_DOUBT);
    driver.commit();
    Command undo = next();
    assertThat(undo.action()).isEqualTo(CommandAction.UNDO);
    assertThat(undo.step()).isEqualTo("charge");
    assertThat(undo.effect()).isEqualTo(KnownEffect.UNKNOWN);
    succeed(undo);
    assertThat(next().step()).isEqualTo("reserve");
  }

  @Test
  void aSuccessOfAnUncommittedCommandIsUndoneWhenTheFlowTurns() {
    beginOrder("ship");
    Command reserve = next();
    Command phantom =
        new Command(
            "charge", CommandAction.DO, 1, 1, "0123456789abcdef0123456789abcdef", null, Map.of());
    driver.succeed(FLOW, phantom, Echo.COMMAND_ID, Map.of("charge", 3));
    assertThat(driver.flow(FLOW).steps().get(1).status()).isEqualTo(StepStatus.PENDING);
    driver.failForGood(FLOW, reserve, Echo.NOTHING, "broken");
    driver.commit();
    Command undo = next();
    assertThat(undo.step()).isEqualTo("charge");
    assertThat(undo.payload()).containsEntry("charge", 3);
    succeed(undo);
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }
}

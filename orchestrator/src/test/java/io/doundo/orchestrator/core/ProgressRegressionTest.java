package io.doundo.orchestrator.core;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static io.doundo.orchestrator.journey.TestDefinitions.orchestration;
import static io.doundo.orchestrator.journey.TestDefinitions.policy;
import static io.doundo.orchestrator.journey.TestDefinitions.step;
import static io.doundo.orchestrator.journey.TestDefinitions.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.GraphType;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.journey.JourneyDriver.Command;
import io.doundo.orchestrator.journey.JourneyDriver.Echo;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** A flow never stops unnoticed, loops, or runs ahead of itself. */
class ProgressRegressionTest {

  private static final String FLOW = "flow-1";
  private static final Duration STEP_TIMEOUT = Duration.ofMillis(30_100);

  private final CoreJourneyDriver driver = new CoreJourneyDriver();

  private Command next() {
    List<Command> commands = driver.takeCommands();
    assertThat(commands).hasSize(1);
    return commands.get(0);
  }

  /** The answer of an existing worker to a DO for which it has no handler. */
  @Test
  void anUndoAnswerToADoIsIgnoredAndTheLogSaysWhy() {
    driver.register(chain("order", "reserve"));
    driver.start(FLOW, "order", Map.of());
    Command reserve = next();
    Command asUndo =
        new Command(reserve.step(), CommandAction.UNDO, 1, 1, reserve.commandId(), null, Map.of());
    for (Echo echo : List.of(Echo.NOTHING, Echo.ATTEMPT)) {
      driver.succeed(FLOW, asUndo, echo, Map.of());
      driver.fail(FLOW, asUndo, echo, "no handler", null);
    }
    assertThat(driver.flow(FLOW).steps().get(0).status()).isEqualTo(StepStatus.IN_PROGRESS);
    assertThat(driver.audit(FLOW).stream().filter(e -> e.startsWith("ANSWER_IGNORED")))
        .hasSize(4)
        .startsWith(
            "ANSWER_IGNORED reserve success of a UNDO ignored: no UNDO was sent; DO attempt 1 is"
                + " waiting for its answer");
    driver.succeed(FLOW, reserve, Echo.ATTEMPT, Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);
  }

  /**
   * Both steps of a chain are done and undone, the last one first; then the DO of the last one is
   * answered again, while the UNDO of the first one is in flight.
   */
  private Command lateSuccessBehindAnUndo(Orchestration order) {
    driver.register(order);
    driver.start(FLOW, "order", Map.of());
    driver.succeed(FLOW, next(), Echo.ATTEMPT, Map.of());
    Command charge = next();
    driver.succeed(FLOW, charge, Echo.ATTEMPT, Map.of());
    driver.control(FLOW, ControlAction.UNDO, null, Map.of());
    driver.succeed(FLOW, next(), Echo.ATTEMPT, Map.of());
    Command undoReserve = next();
    assertThat(undoReserve.step()).isEqualTo("reserve");
    driver.succeed(FLOW, charge, Echo.ATTEMPT, Map.of());
    assertThat(next().step()).isEqualTo("charge");
    return undoReserve;
  }

  @Test
  @Timeout(value = 10, threadMode = ThreadMode.SEPARATE_THREAD)
  void anUndoThatIsDueButWaitsForAnotherStepDoesNotKeepTheTimerFiring() {
    Command undoReserve = lateSuccessBehindAnUndo(chain("order", "reserve", "charge"));
    driver.fail(FLOW, undoReserve, Echo.ATTEMPT, "broken", null);
    driver.pass(Duration.ofSeconds(2));
    assertThat(driver.takeCommands()).isEmpty();
    assertThat(driver.timerOf(FLOW)).isGreaterThan(driver.now());
  }

  @Test
  void aFlowIsParkedThoughAnotherUndoStillHasItsDelayBeforeIt() {
    Orchestration order = chain("order", "reserve", "charge");
    Command undoReserve =
        lateSuccessBehindAnUndo(
            with(order, "charge", s -> TestDefinitions.undoRetry(s, policy(1))));
    driver.fail(FLOW, undoReserve, Echo.ATTEMPT, "broken", null);
    driver.pass(STEP_TIMEOUT);
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.PARKED);
    driver.control(FLOW, ControlAction.RETRY, "charge", Map.of());
    driver.succeed(FLOW, next(), Echo.ATTEMPT, Map.of());
    driver.succeed(FLOW, next(), Echo.ATTEMPT, Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void aStepSkippedAheadOfItsTurnLetsNothingBy() {
    driver.register(chain("order", "reserve", "charge", "ship"));
    driver.start(FLOW, "order", Map.of());
    Command reserve = next();
    driver.control(FLOW, ControlAction.SKIP, "charge", Map.of());
    assertThat(driver.takeCommands()).isEmpty();
    driver.succeed(FLOW, reserve, Echo.ATTEMPT, Map.of());
    assertThat(next().step()).isEqualTo("ship");
  }

  @Test
  void anAnswerToAFlowThatWaitsForItsDefinitionBeginsItOnceTheDefinitionIsThere() {
    driver.start(FLOW, "order", Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.WAITING);
    driver.register(orchestration("order", GraphType.SEQUENTIAL, List.of(step("reserve", 1))));
    Command uncommitted =
        new Command("reserve", CommandAction.DO, 1, 1, "0123456789abcdef", null, Map.of());
    driver.succeed(FLOW, uncommitted, Echo.ATTEMPT, Map.of());
    assertThat(driver.refusals()).isEmpty();
    assertThat(driver.flow(FLOW).steps().get(0).effect()).isEqualTo(StepEffect.DONE);
    driver.succeed(FLOW, next(), Echo.ATTEMPT, Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void aFlowCancelledWhileItsDefinitionIsThereStillUndoesWhatAnUncommittedCommandDid() {
    driver.start(FLOW, "order", Map.of());
    driver.register(orchestration("order", GraphType.SEQUENTIAL, List.of(step("reserve", 1))));
    driver.control(FLOW, ControlAction.CANCEL, null, Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
    Command uncommitted =
        new Command("reserve", CommandAction.DO, 1, 1, "0123456789abcdef", null, Map.of());
    driver.succeed(FLOW, uncommitted, Echo.ATTEMPT, Map.of());
    assertThat(next().action()).isEqualTo(CommandAction.UNDO);
  }
}

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

/** A flow neither stands still unnoticed, nor runs in circles, nor runs ahead of itself. */
class ProgressRegressionTest {

  private static final String FLOW = "flow-1";
  private static final Duration STEP_TIMEOUT = Duration.ofMillis(30_100);

  private final CoreJourneyDriver stage = new CoreJourneyDriver();

  private Command next() {
    List<Command> commands = stage.takeCommands();
    assertThat(commands).hasSize(1);
    return commands.get(0);
  }

  /** What an existing worker answers to a DO for which it has no handler. */
  @Test
  void anUndoAnswerToADoIsIgnoredAndTheLogSaysWhy() {
    stage.register(chain("order", "reserve"));
    stage.start(FLOW, "order", Map.of());
    Command reserve = next();
    Command asUndo =
        new Command(reserve.step(), CommandAction.UNDO, 1, 1, reserve.commandId(), null, Map.of());
    for (Echo echo : List.of(Echo.NOTHING, Echo.ATTEMPT)) {
      stage.succeed(FLOW, asUndo, echo, Map.of());
      stage.fail(FLOW, asUndo, echo, "no handler", null);
    }
    assertThat(stage.flow(FLOW).steps().get(0).status()).isEqualTo(StepStatus.IN_PROGRESS);
    assertThat(stage.audit(FLOW).stream().filter(e -> e.startsWith("ANSWER_IGNORED")))
        .hasSize(4)
        .startsWith(
            "ANSWER_IGNORED reserve success of a UNDO ignored: no UNDO was sent; DO attempt 1 is"
                + " waiting for its answer");
    stage.succeed(FLOW, reserve, Echo.ATTEMPT, Map.of());
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);
  }

  /**
   * Both steps of a chain are done and undone, the last one first; then the DO of the last one is
   * answered once more, while the UNDO of the first one is out.
   */
  private Command lateSuccessBehindAnUndo(Orchestration order) {
    stage.register(order);
    stage.start(FLOW, "order", Map.of());
    stage.succeed(FLOW, next(), Echo.ATTEMPT, Map.of());
    Command charge = next();
    stage.succeed(FLOW, charge, Echo.ATTEMPT, Map.of());
    stage.control(FLOW, ControlAction.UNDO, null, Map.of());
    stage.succeed(FLOW, next(), Echo.ATTEMPT, Map.of());
    Command undoReserve = next();
    assertThat(undoReserve.step()).isEqualTo("reserve");
    stage.succeed(FLOW, charge, Echo.ATTEMPT, Map.of());
    assertThat(next().step()).isEqualTo("charge");
    return undoReserve;
  }

  @Test
  @Timeout(value = 10, threadMode = ThreadMode.SEPARATE_THREAD)
  void anUndoThatIsDueButWaitsForAnotherStepDoesNotKeepTheTimerFiring() {
    Command undoReserve = lateSuccessBehindAnUndo(chain("order", "reserve", "charge"));
    stage.fail(FLOW, undoReserve, Echo.ATTEMPT, "broken", null);
    stage.pass(Duration.ofSeconds(2));
    assertThat(stage.takeCommands()).isEmpty();
    assertThat(stage.timerOf(FLOW)).isGreaterThan(stage.now());
  }

  @Test
  void aFlowIsParkedThoughAnotherUndoStillHasItsDelayBeforeIt() {
    Orchestration order = chain("order", "reserve", "charge");
    Command undoReserve =
        lateSuccessBehindAnUndo(
            with(order, "charge", s -> TestDefinitions.undoRetry(s, policy(1))));
    stage.fail(FLOW, undoReserve, Echo.ATTEMPT, "broken", null);
    stage.pass(STEP_TIMEOUT);
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.PARKED);
    stage.control(FLOW, ControlAction.RETRY, "charge", Map.of());
    stage.succeed(FLOW, next(), Echo.ATTEMPT, Map.of());
    stage.succeed(FLOW, next(), Echo.ATTEMPT, Map.of());
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void aStepSkippedAheadOfItsTurnLetsNothingBy() {
    stage.register(chain("order", "reserve", "charge", "ship"));
    stage.start(FLOW, "order", Map.of());
    Command reserve = next();
    stage.control(FLOW, ControlAction.SKIP, "charge", Map.of());
    assertThat(stage.takeCommands()).isEmpty();
    stage.succeed(FLOW, reserve, Echo.ATTEMPT, Map.of());
    assertThat(next().step()).isEqualTo("ship");
  }

  @Test
  void anAnswerToAFlowThatWaitsForItsDefinitionBeginsItOnceTheDefinitionIsThere() {
    stage.start(FLOW, "order", Map.of());
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.WAITING);
    stage.register(orchestration("order", GraphType.SEQUENTIAL, List.of(step("reserve", 1))));
    Command uncommitted =
        new Command("reserve", CommandAction.DO, 1, 1, "0123456789abcdef", null, Map.of());
    stage.succeed(FLOW, uncommitted, Echo.ATTEMPT, Map.of());
    assertThat(stage.refusals()).isEmpty();
    assertThat(stage.flow(FLOW).steps().get(0).effect()).isEqualTo(StepEffect.DONE);
    stage.succeed(FLOW, next(), Echo.ATTEMPT, Map.of());
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void aFlowCancelledWhileItsDefinitionIsThereStillUndoesWhatAnUncommittedCommandDid() {
    stage.start(FLOW, "order", Map.of());
    stage.register(orchestration("order", GraphType.SEQUENTIAL, List.of(step("reserve", 1))));
    stage.control(FLOW, ControlAction.CANCEL, null, Map.of());
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
    Command uncommitted =
        new Command("reserve", CommandAction.DO, 1, 1, "0123456789abcdef", null, Map.of());
    stage.succeed(FLOW, uncommitted, Echo.ATTEMPT, Map.of());
    assertThat(next().action()).isEqualTo(CommandAction.UNDO);
  }
}

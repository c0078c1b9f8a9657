package io.doundo.orchestrator.core;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static io.doundo.orchestrator.journey.TestDefinitions.policy;
import static io.doundo.orchestrator.journey.TestDefinitions.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.command.CommandIds;
import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
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
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which answer settles an UNDO if it may belong to more than one. */
class UndoAnswerRegressionTest {

  private static final String FLOW = "flow-1";
  private static final Duration STEP_TIMEOUT = Duration.ofMillis(30_100);

  private final CoreJourneyDriver driver = new CoreJourneyDriver();

  private Command reserve;
  private Command undo;

  private Command next() {
    List<Command> commands = driver.takeCommands();
    assertThat(commands).hasSize(1);
    return commands.get(0);
  }

  @BeforeEach
  void aStepThatTimedOutIsBeingUndone() {
    driver.register(
        with(chain("order", "reserve"), "reserve", s -> TestDefinitions.retry(s, policy(1))));
    driver.start(FLOW, "order", Map.of());
    reserve = next();
    driver.pass(STEP_TIMEOUT);
    undo = next();
  }

  @Test
  void aCountedAnswerBelongsToTheEarliestUnansweredUndo() {
    driver.succeed(FLOW, reserve, Echo.NOTHING, Map.of());
    Command again = next();
    driver.succeed(FLOW, undo, Echo.NOTHING, Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDOING);
    driver.succeed(FLOW, again, Echo.NOTHING, Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void aCountedFailureDoesNotMakeRoomForTheSuccessOfAnEarlierUndo() {
    driver.succeed(FLOW, reserve, Echo.NOTHING, Map.of());
    Command again = next();
    driver.fail(FLOW, again, Echo.NOTHING, "broken", null);
    driver.succeed(FLOW, undo, Echo.NOTHING, Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDOING);
  }

  @Test
  void aCountedSuccessReportedTwiceSettlesNoUndoThatCouldNotBeSent() {
    driver.succeed(FLOW, reserve, Echo.NOTHING, Map.of());
    Command unsent = next();
    driver.take(
        FLOW,
        new FlowEvent.DispatchImpossible(
            driver.now(), "reserve", CommandAction.UNDO, unsent.attempt(), false, "no topic"));
    driver.succeed(FLOW, undo, Echo.NOTHING, Map.of());
    driver.succeed(FLOW, undo, Echo.NOTHING, Map.of());
    assertThat(driver.flow(FLOW).parkReason()).isEqualTo(ParkReason.UNDO_FAILED);
    driver.control(FLOW, ControlAction.RETRY, null, Map.of());
    driver.succeed(FLOW, next(), Echo.NOTHING, Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void anOperatorsRetryWaitsForNoEarlierAnswer() {
    driver.succeed(FLOW, reserve, Echo.NOTHING, Map.of());
    next();
    for (int attempt = 1; attempt < 3; attempt++) {
      driver.pass(STEP_TIMEOUT.plusSeconds(2));
      next();
    }
    driver.pass(STEP_TIMEOUT);
    assertThat(driver.flow(FLOW).parkReason()).isEqualTo(ParkReason.UNDO_FAILED);
    driver.control(FLOW, ControlAction.RETRY, null, Map.of());
    driver.succeed(FLOW, next(), Echo.NOTHING, Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void theFailureOfTheLatestUndoCountsThoughAnUncommittedOneWasAnswered() {
    driver.succeed(FLOW, undo, Echo.ATTEMPT, Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
    driver.fail(FLOW, undo, Echo.ATTEMPT, "broken", null);
    Command again = next();
    assertThat(again.generation()).isEqualTo(2);
    assertThat(again.effect()).isEqualTo(KnownEffect.UNKNOWN);
  }

  @Test
  void anUncommittedUndoOfAnEarlierGenerationSettlesNothing() {
    FlowState undoing = driver.flow(FLOW);
    String phantomId =
        CommandIds.derive(
            undoing.incarnation(),
            Objects.requireNonNull(undoing.definition()),
            "reserve",
            CommandAction.UNDO,
            1,
            2,
            List.of(undoing.origin().payload()));
    Command phantom = new Command("reserve", CommandAction.UNDO, 1, 2, phantomId, null, Map.of());
    driver.succeed(FLOW, reserve, Echo.COMMAND_ID, Map.of());
    Command again = next();
    assertThat(again.attempt()).isEqualTo(2);
    assertThat(again.generation()).isEqualTo(2);
    driver.succeed(FLOW, phantom, Echo.COMMAND_ID, Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDOING);
  }

  @Test
  void aFinalFailureOfTheDoIsNotTakenForOneOfTheUndo() {
    driver.take(
        FLOW,
        new FlowEvent.StepFailed(
            driver.now(),
            "reserve",
            null,
            new FlowEvent.AnswerOf(reserve.commandId(), 1, true),
            FailureKind.NO_EFFECT_FINAL,
            "no",
            null));
    assertThat(driver.flow(FLOW).steps().get(0).status()).isEqualTo(StepStatus.UNDOING);
    driver.succeed(FLOW, undo, Echo.COMMAND_ID, Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }
}

package io.doundo.orchestrator.core;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static io.doundo.orchestrator.journey.TestDefinitions.policy;
import static io.doundo.orchestrator.journey.TestDefinitions.with;
import static org.assertj.core.api.Assertions.assertThat;

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

/** Which answer settles an UNDO, when more than one may be meant. */
class UndoAnswerRegressionTest {

  private static final String FLOW = "flow-1";
  private static final Duration STEP_TIMEOUT = Duration.ofMillis(30_100);

  private final CoreJourneyDriver stage = new CoreJourneyDriver();

  private Command reserve;
  private Command undo;

  private Command next() {
    List<Command> commands = stage.takeCommands();
    assertThat(commands).hasSize(1);
    return commands.get(0);
  }

  @BeforeEach
  void aStepThatTimedOutIsBeingUndone() {
    stage.register(
        with(chain("order", "reserve"), "reserve", s -> TestDefinitions.retry(s, policy(1))));
    stage.start(FLOW, "order", Map.of());
    reserve = next();
    stage.pass(STEP_TIMEOUT);
    undo = next();
  }

  @Test
  void aCountedAnswerIsTakenForTheEarliestUndoThatIsUnanswered() {
    stage.succeed(FLOW, reserve, Echo.NOTHING, Map.of());
    Command again = next();
    stage.succeed(FLOW, undo, Echo.NOTHING, Map.of());
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.UNDOING);
    stage.succeed(FLOW, again, Echo.NOTHING, Map.of());
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void aCountedFailureDoesNotMakeRoomForTheSuccessOfAnEarlierUndo() {
    stage.succeed(FLOW, reserve, Echo.NOTHING, Map.of());
    Command again = next();
    stage.fail(FLOW, again, Echo.NOTHING, "broken", null);
    stage.succeed(FLOW, undo, Echo.NOTHING, Map.of());
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.UNDOING);
  }

  @Test
  void aCountedSuccessToldTwiceSettlesNoUndoThatCouldNotBeSent() {
    stage.succeed(FLOW, reserve, Echo.NOTHING, Map.of());
    Command unsent = next();
    stage.take(
        FLOW,
        new FlowEvent.DispatchImpossible(
            stage.now(), "reserve", CommandAction.UNDO, unsent.attempt(), false, "no topic"));
    stage.succeed(FLOW, undo, Echo.NOTHING, Map.of());
    stage.succeed(FLOW, undo, Echo.NOTHING, Map.of());
    assertThat(stage.flow(FLOW).parkReason()).isEqualTo(ParkReason.UNDO_FAILED);
    stage.control(FLOW, ControlAction.RETRY, null, Map.of());
    stage.succeed(FLOW, next(), Echo.NOTHING, Map.of());
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void anOperatorsRetryWaitsForNoEarlierAnswer() {
    stage.succeed(FLOW, reserve, Echo.NOTHING, Map.of());
    next();
    for (int attempt = 1; attempt < 3; attempt++) {
      stage.pass(STEP_TIMEOUT.plusSeconds(2));
      next();
    }
    stage.pass(STEP_TIMEOUT);
    assertThat(stage.flow(FLOW).parkReason()).isEqualTo(ParkReason.UNDO_FAILED);
    stage.control(FLOW, ControlAction.RETRY, null, Map.of());
    stage.succeed(FLOW, next(), Echo.NOTHING, Map.of());
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void theFailureOfTheLatestUndoCountsThoughAnUncommittedOneWasAnswered() {
    stage.succeed(FLOW, undo, Echo.ATTEMPT, Map.of());
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
    stage.fail(FLOW, undo, Echo.ATTEMPT, "broken", null);
    Command again = next();
    assertThat(again.generation()).isEqualTo(2);
    assertThat(again.effect()).isEqualTo(KnownEffect.UNKNOWN);
  }

  @Test
  void anUncommittedUndoOfAnEarlierGenerationSettlesNothing() {
    FlowState undoing = stage.flow(FLOW);
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
    stage.succeed(FLOW, reserve, Echo.COMMAND_ID, Map.of());
    Command again = next();
    assertThat(again.attempt()).isEqualTo(2);
    assertThat(again.generation()).isEqualTo(2);
    stage.succeed(FLOW, phantom, Echo.COMMAND_ID, Map.of());
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.UNDOING);
  }

  @Test
  void aFinalFailureOfTheDoIsNotTakenForOneOfTheUndo() {
    stage.take(
        FLOW,
        new FlowEvent.StepFailed(
            stage.now(),
            "reserve",
            null,
            new FlowEvent.AnswerOf(reserve.commandId(), 1, true),
            FailureKind.NO_EFFECT_FINAL,
            "no",
            null));
    assertThat(stage.flow(FLOW).steps().get(0).status()).isEqualTo(StepStatus.UNDOING);
    stage.succeed(FLOW, undo, Echo.COMMAND_ID, Map.of());
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }
}

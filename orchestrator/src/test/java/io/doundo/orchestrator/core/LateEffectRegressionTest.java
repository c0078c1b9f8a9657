package io.doundo.orchestrator.core;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static io.doundo.orchestrator.journey.TestDefinitions.parallel;
import static io.doundo.orchestrator.journey.TestDefinitions.policy;
import static io.doundo.orchestrator.journey.TestDefinitions.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.journey.JourneyDriver.Command;
import io.doundo.orchestrator.journey.JourneyDriver.Echo;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.KnownEffect;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What comes to light after an UNDO was sent is undone again, whatever shape it comes in. */
class LateEffectRegressionTest {

  private static final String FLOW = "flow-1";
  private static final Duration STEP_TIMEOUT = Duration.ofMillis(30_100);

  private final CoreJourneyDriver stage = new CoreJourneyDriver();

  private Command next() {
    List<Command> commands = stage.takeCommands();
    assertThat(commands).hasSize(1);
    return commands.get(0);
  }

  /** One step that timed out: its UNDO is on its way. */
  private Command timedOut(Orchestration definition) {
    stage.register(definition);
    stage.start(FLOW, definition.name(), Map.of("order", 7));
    Command reserve = next();
    stage.pass(STEP_TIMEOUT);
    return reserve;
  }

  private static Orchestration oneAttempt() {
    return with(chain("order", "reserve"), "reserve", s -> TestDefinitions.retry(s, policy(1)));
  }

  private void expectUndoAgain(int generation) {
    Command again = next();
    assertThat(again.action()).isEqualTo(CommandAction.UNDO);
    assertThat(again.generation()).isEqualTo(generation);
    stage.succeed(FLOW, again, Echo.ATTEMPT, Map.of());
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void aSuccessWhoseResultIsTooLargeIsUndoneAgainWhenItComesLate() {
    Command reserve = timedOut(oneAttempt());
    stage.succeed(FLOW, next(), Echo.ATTEMPT, Map.of());
    stage.fail(FLOW, reserve, Echo.ATTEMPT, "result too large", "RESULT_TOO_LARGE");
    expectUndoAgain(2);
  }

  @Test
  void anUnknownOutcomeThatMayFollowTheUndoIsUndoneAgain() {
    Command reserve = timedOut(oneAttempt());
    stage.succeed(FLOW, next(), Echo.ATTEMPT, Map.of());
    stage.fail(FLOW, reserve, Echo.ATTEMPT, "half way", "UNKNOWN");
    expectUndoAgain(2);
  }

  @Test
  void anUnknownOutcomeThatAFenceVouchesForIsCoveredByTheUndo() {
    Command reserve = timedOut(oneAttempt());
    stage.succeed(FLOW, next(), Echo.COMMAND_ID, Map.of());
    stage.fail(FLOW, reserve, Echo.COMMAND_ID, "half way", "UNKNOWN");
    assertThat(stage.takeCommands()).isEmpty();
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void aLateFailureOfAStepThatIsUndoneWhenItFailedIsUndoneAgain() {
    Command reserve = timedOut(with(oneAttempt(), "reserve", TestDefinitions::undoFailed));
    stage.succeed(FLOW, next(), Echo.ATTEMPT, Map.of());
    stage.fail(FLOW, reserve, Echo.ATTEMPT, "half way", null);
    expectUndoAgain(2);
  }

  @Test
  void aFailureOfAnUncommittedCommandCountsForAStepThatIsUndoneWhenItFailed() {
    stage.register(
        with(parallel("both", "reserve", "role"), "reserve", TestDefinitions::undoFailed));
    stage.start(FLOW, "both", Map.of());
    List<Command> sent = stage.takeCommands();
    Command reserve = sent.get(0).step().equals("reserve") ? sent.get(0) : sent.get(1);
    Command role = sent.get(0).step().equals("reserve") ? sent.get(1) : sent.get(0);
    stage.take(
        FLOW,
        new FlowEvent.DispatchImpossible(
            stage.now(), "reserve", CommandAction.DO, reserve.attempt(), false, "no topic"));
    stage.fail(FLOW, reserve, Echo.COMMAND_ID, "half way", "NO_EFFECT");
    stage.fail(FLOW, role, Echo.COMMAND_ID, "no", "FENCED");
    Command undo = next();
    assertThat(undo.step()).isEqualTo("reserve");
    assertThat(undo.effect()).isEqualTo(KnownEffect.FAILED);
  }

  @Test
  void aLateSuccessIsUndoneAgainEvenWhenTheUndoHadUsedUpItsAttempts() {
    Command reserve =
        timedOut(with(oneAttempt(), "reserve", s -> TestDefinitions.undoRetry(s, policy(1))));
    Command first = next();
    stage.pass(STEP_TIMEOUT);
    assertThat(stage.flow(FLOW).parkReason()).isEqualTo(ParkReason.UNDO_FAILED);
    stage.succeed(FLOW, reserve, Echo.ATTEMPT, Map.of());
    Command second = next();
    assertThat(second.generation()).isEqualTo(2);
    stage.succeed(FLOW, first, Echo.ATTEMPT, Map.of());
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.UNDOING);
    stage.succeed(FLOW, second, Echo.ATTEMPT, Map.of());
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void aLateSuccessThatAFenceVouchesForIsUndoneOnce() {
    Command reserve = timedOut(oneAttempt());
    stage.succeed(FLOW, next(), Echo.COMMAND_ID, Map.of());
    stage.succeed(FLOW, reserve, Echo.COMMAND_ID, Map.of("r", 1));
    Command again = next();
    stage.succeed(FLOW, reserve, Echo.COMMAND_ID, Map.of("r", 1));
    assertThat(stage.takeCommands()).isEmpty();
    stage.succeed(FLOW, again, Echo.COMMAND_ID, Map.of());
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void anEffectThatLandsOnTheWayBackIsUndoneInANewGeneration() {
    stage.register(parallel("both", "reserve", "role"));
    stage.start(FLOW, "both", Map.of());
    List<Command> sent = stage.takeCommands();
    Command reserve = sent.get(0).step().equals("reserve") ? sent.get(0) : sent.get(1);
    Command role = sent.get(0).step().equals("reserve") ? sent.get(1) : sent.get(0);
    stage.failForGood(FLOW, role, Echo.NOTHING, "no role");
    stage.fail(FLOW, reserve, Echo.COMMAND_ID, "late", "LATE_EFFECT");
    stage.pass(STEP_TIMEOUT);
    Command undo = next();
    assertThat(undo.generation()).isEqualTo(2);
    assertThat(undo.effect()).isEqualTo(KnownEffect.DONE);
  }

  @Test
  void aSecondSuccessOfAStepRememberedAsDoneChangesNothing() {
    stage.register(oneAttempt());
    stage.start(FLOW, "order", Map.of());
    Command reserve = next();
    stage.withoutCommits();
    stage.fail(FLOW, reserve, Echo.ATTEMPT, "broken", null);
    stage.succeed(FLOW, reserve, Echo.ATTEMPT, Map.of("r", 1));
    FlowState remembered = stage.flow(FLOW);
    stage.succeed(FLOW, reserve, Echo.ATTEMPT, Map.of("r", 1));
    assertThat(stage.flow(FLOW))
        .usingRecursiveComparison()
        .ignoringFields("notes", "transitions", "updatedAt")
        .isEqualTo(remembered);
    assertThat(stage.flow(FLOW).notes().ignoredAnswers()).isEqualTo(1);
  }
}

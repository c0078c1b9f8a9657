package io.doundo.orchestrator.core;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static io.doundo.orchestrator.journey.TestDefinitions.parallel;
import static io.doundo.orchestrator.journey.TestDefinitions.policy;
import static io.doundo.orchestrator.journey.TestDefinitions.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An effect reported after an UNDO was sent is undone again, in whatever form it is reported. */
class LateEffectRegressionTest {

  private static final String FLOW = "flow-1";
  private static final Duration STEP_TIMEOUT = Duration.ofMillis(30_100);

  private final CoreJourneyDriver driver = new CoreJourneyDriver();

  private Command next() {
    List<Command> commands = driver.takeCommands();
    assertThat(commands).hasSize(1);
    return commands.get(0);
  }

  /** A flow of one step that timed out and whose UNDO was sent. */
  private Command timedOut(Orchestration definition) {
    driver.register(definition);
    driver.start(FLOW, definition.name(), Map.of("order", 7));
    Command reserve = next();
    driver.pass(STEP_TIMEOUT);
    return reserve;
  }

  private static Orchestration oneAttempt() {
    return with(chain("order", "reserve"), "reserve", s -> TestDefinitions.retry(s, policy(1)));
  }

  private void expectUndoAgain(int generation) {
    Command again = next();
    assertThat(again.action()).isEqualTo(CommandAction.UNDO);
    assertThat(again.generation()).isEqualTo(generation);
    driver.succeed(FLOW, again, Echo.ATTEMPT, Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void aSuccessWhoseResultIsTooLargeIsUndoneAgainWhenItComesLate() {
    Command reserve = timedOut(oneAttempt());
    driver.succeed(FLOW, next(), Echo.ATTEMPT, Map.of());
    driver.fail(FLOW, reserve, Echo.ATTEMPT, "result too large", "RESULT_TOO_LARGE");
    expectUndoAgain(2);
  }

  @Test
  void anUnknownOutcomeThatMayFollowTheUndoIsUndoneAgain() {
    Command reserve = timedOut(oneAttempt());
    driver.succeed(FLOW, next(), Echo.ATTEMPT, Map.of());
    driver.fail(FLOW, reserve, Echo.ATTEMPT, "half way", "UNKNOWN");
    expectUndoAgain(2);
  }

  @Test
  void anUnknownOutcomeThatAFenceVouchesForIsCoveredByTheUndo() {
    Command reserve = timedOut(oneAttempt());
    driver.succeed(FLOW, next(), Echo.COMMAND_ID, Map.of());
    driver.fail(FLOW, reserve, Echo.COMMAND_ID, "half way", "UNKNOWN");
    assertThat(driver.takeCommands()).isEmpty();
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void aLateFailureOfAStepThatIsUndoneWhenItFailedIsUndoneAgain() {
    Command reserve = timedOut(with(oneAttempt(), "reserve", TestDefinitions::undoFailed));
    driver.succeed(FLOW, next(), Echo.ATTEMPT, Map.of());
    driver.fail(FLOW, reserve, Echo.ATTEMPT, "half way", null);
    expectUndoAgain(2);
  }

  @Test
  void aFailureOfAnUncommittedCommandCountsForAStepThatIsUndoneWhenItFailed() {
    driver.register(
        with(parallel("both", "reserve", "role"), "reserve", TestDefinitions::undoFailed));
    driver.start(FLOW, "both", Map.of());
    List<Command> sent = driver.takeCommands();
    Command reserve = sent.get(0).step().equals("reserve") ? sent.get(0) : sent.get(1);
    Command role = sent.get(0).step().equals("reserve") ? sent.get(1) : sent.get(0);
    driver.take(
        FLOW,
        new FlowEvent.DispatchImpossible(
            driver.now(), "reserve", CommandAction.DO, reserve.attempt(), false, "no topic"));
    driver.fail(FLOW, reserve, Echo.COMMAND_ID, "half way", "NO_EFFECT");
    driver.failForGood(FLOW, role, Echo.COMMAND_ID, "no");
    Command undo = next();
    assertThat(undo.step()).isEqualTo("reserve");
    assertThat(undo.effect()).isEqualTo(KnownEffect.FAILED);
  }

  /** The UNDO that fenced it off came from an aborted transaction, and may have failed. */
  @Test
  void aDoThatIsFencedWhileItsAnswerIsAwaitedIsInDoubtAndUndone() {
    driver.register(oneAttempt());
    driver.start(FLOW, "order", Map.of("order", 7));
    driver.fail(FLOW, next(), Echo.COMMAND_ID, "the UNDO of this step arrived first", "FENCED");
    Command undo = next();
    assertThat(undo.action()).isEqualTo(CommandAction.UNDO);
    assertThat(undo.effect()).isEqualTo(KnownEffect.UNKNOWN);
    driver.succeed(FLOW, undo, Echo.COMMAND_ID, Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void aLateSuccessIsUndoneAgainEvenWhenTheUndoHadUsedUpItsAttempts() {
    Command reserve =
        timedOut(with(oneAttempt(), "reserve", s -> TestDefinitions.undoRetry(s, policy(1))));
    Command first = next();
    driver.pass(STEP_TIMEOUT);
    assertThat(driver.flow(FLOW).parkReason()).isEqualTo(ParkReason.UNDO_FAILED);
    driver.succeed(FLOW, reserve, Echo.ATTEMPT, Map.of());
    Command second = next();
    assertThat(second.generation()).isEqualTo(2);
    driver.succeed(FLOW, first, Echo.ATTEMPT, Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDOING);
    driver.succeed(FLOW, second, Echo.ATTEMPT, Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void aLateSuccessThatAFenceVouchesForIsUndoneOnce() {
    Command reserve = timedOut(oneAttempt());
    driver.succeed(FLOW, next(), Echo.COMMAND_ID, Map.of());
    driver.succeed(FLOW, reserve, Echo.COMMAND_ID, Map.of("r", 1));
    Command again = next();
    driver.succeed(FLOW, reserve, Echo.COMMAND_ID, Map.of("r", 1));
    assertThat(driver.takeCommands()).isEmpty();
    driver.succeed(FLOW, again, Echo.COMMAND_ID, Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void anEffectThatLandsOnTheWayBackIsUndoneInANewGeneration() {
    driver.register(parallel("both", "reserve", "role"));
    driver.start(FLOW, "both", Map.of());
    List<Command> sent = driver.takeCommands();
    Command reserve = sent.get(0).step().equals("reserve") ? sent.get(0) : sent.get(1);
    Command role = sent.get(0).step().equals("reserve") ? sent.get(1) : sent.get(0);
    driver.failForGood(FLOW, role, Echo.NOTHING, "no role");
    driver.fail(FLOW, reserve, Echo.COMMAND_ID, "late", "LATE_EFFECT");
    driver.pass(STEP_TIMEOUT);
    Command undo = next();
    assertThat(undo.generation()).isEqualTo(2);
    assertThat(undo.effect()).isEqualTo(KnownEffect.DONE);
  }

  /**
   * A transaction that was aborted sent the UNDO, which succeeded, and Redis lost both the step and
   * that UNDO. Its answer, still on its way, does not count for the UNDO of the run that followed.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatMayFollowALostUndoIsUndoneInANewGeneration(boolean succeeds) {
    driver.register(parallel("both", "reserve", "role"));
    driver.start(FLOW, "both", Map.of());
    List<Command> sent = driver.takeCommands();
    Command role = sent.get(0).step().equals("role") ? sent.get(0) : sent.get(1);
    driver.failForGood(FLOW, role, Echo.NOTHING, "no role");
    AnswerOf of = new AnswerOf(null, 1, false, true, null, 0, 0);
    driver.take(
        FLOW,
        succeeds
            ? new StepSucceeded(driver.now(), "reserve", CommandAction.DO, of, null, null)
            : new StepFailed(
                driver.now(), "reserve", CommandAction.DO, of, FailureKind.UNKNOWN, "half", null));
    expectUndoAgain(2);
  }

  @Test
  void aSecondSuccessOfAStepRememberedAsDoneChangesNothing() {
    driver.register(oneAttempt());
    driver.start(FLOW, "order", Map.of());
    Command reserve = next();
    driver.withoutCommits();
    driver.fail(FLOW, reserve, Echo.ATTEMPT, "broken", null);
    driver.succeed(FLOW, reserve, Echo.ATTEMPT, Map.of("r", 1));
    FlowState remembered = driver.flow(FLOW);
    driver.succeed(FLOW, reserve, Echo.ATTEMPT, Map.of("r", 1));
    assertThat(driver.flow(FLOW))
        .usingRecursiveComparison()
        .ignoringFields("notes", "transitions", "updatedAt")
        .isEqualTo(remembered);
    assertThat(driver.flow(FLOW).notes().ignoredAnswers()).isEqualTo(1);
  }
}

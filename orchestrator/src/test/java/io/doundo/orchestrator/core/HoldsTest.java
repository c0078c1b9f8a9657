package io.doundo.orchestrator.core;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static io.doundo.orchestrator.journey.TestDefinitions.orchestration;
import static io.doundo.orchestrator.journey.TestDefinitions.policy;
import static io.doundo.orchestrator.journey.TestDefinitions.retry;
import static io.doundo.orchestrator.journey.TestDefinitions.undoFailed;
import static io.doundo.orchestrator.journey.TestDefinitions.with;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.event.FlowEvent.DispatchHeld;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchImpossible;
import io.doundo.orchestrator.core.event.FlowEvent.HoldEnded;
import io.doundo.orchestrator.core.state.DoKey;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.GraphType;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.journey.JourneyDriver.Command;
import io.doundo.orchestrator.journey.JourneyDriver.Echo;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Commands that a breaker holds back: they count as nothing, and the flow waits for them. */
class HoldsTest {

  private static final String FLOW = "flow-1";
  private static final String PARTNER = "partner";
  private static final Duration A_MINUTE = Duration.ofMinutes(1);

  private final CoreJourneyDriver driver = new CoreJourneyDriver();

  /** Starts a flow with the steps reserve, charge and ship, whose charge is behind the breaker. */
  private void begin(UnaryOperator<Step> charge) {
    Orchestration order = chain("order", "reserve", "charge", "ship");
    driver.register(with(order, "charge", step -> charge.apply(step).withBreaker(PARTNER)));
    driver.start(FLOW, "order", Map.of("order", 7));
  }

  private Command only() {
    List<Command> commands = driver.takeCommands();
    assertThat(commands).hasSize(1);
    return commands.get(0);
  }

  private void succeed() {
    driver.succeed(FLOW, only(), Echo.COMMAND_ID, Map.of());
  }

  private StepState charge() {
    return driver.flow(FLOW).steps().get(1);
  }

  private FlowStatus status() {
    return driver.flow(FLOW).status();
  }

  private void holdEnds() {
    driver.take(FLOW, new HoldEnded(driver.now(), "charge"));
  }

  @Test
  void aHeldCommandIsNotSentAndItsAttemptDoesNotCount() {
    driver.open(PARTNER, false);
    begin(step -> step);
    succeed();

    assertThat(driver.takeCommands()).isEmpty();
    assertThat(charge().status()).isEqualTo(StepStatus.HELD);
    assertThat(charge().effect()).isEqualTo(StepEffect.NONE);
    assertThat(charge().outside().doing().sent()).isZero();
    assertThat(driver.held()).containsExactly("flow-1 charge");
    assertThat(driver.audit(FLOW))
        .contains("STEP_HELD charge not sent: the breaker partner is open");
  }

  @Test
  void aHoldHasNoDeadlineAndEndsWhenTheBreakerLetsItThrough() {
    driver.open(PARTNER, false);
    begin(step -> step);
    succeed();
    driver.pass(Duration.ofMinutes(9));
    assertThat(driver.takeCommands()).isEmpty();
    assertThat(status()).isEqualTo(FlowStatus.IN_PROGRESS);

    holdEnds();

    Command command = only();
    assertThat(command.attempt()).isEqualTo(1);
    assertThat(driver.held()).isEmpty();
    driver.succeed(FLOW, command, Echo.COMMAND_ID, Map.of());
    succeed();
    assertThat(status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void anotherAttemptIsHeldWithoutBeingUsedUp() {
    begin(step -> retry(step, policy(2)));
    succeed();
    driver.fail(FLOW, only(), Echo.COMMAND_ID, "busy", null);
    driver.open(PARTNER, false);
    driver.pass(Duration.ofSeconds(2));
    assertThat(charge().status()).isEqualTo(StepStatus.HELD);
    assertThat(charge().effect()).isEqualTo(StepEffect.CLEAN);

    holdEnds();

    Command second = only();
    assertThat(second.attempt()).isEqualTo(2);
    driver.fail(FLOW, second, Echo.COMMAND_ID, "busy", null);
    assertThat(status()).isEqualTo(FlowStatus.UNDOING);
  }

  @Test
  void aLostHoldEndsByItselfAfterTenMinutes() {
    driver.open(PARTNER, false);
    begin(step -> step);
    succeed();

    driver.pass(Duration.ofMinutes(10).minusMillis(1));
    assertThat(driver.takeCommands()).isEmpty();
    driver.pass(Duration.ofMillis(1));

    assertThat(only().step()).isEqualTo("charge");
  }

  @Test
  void aForcedBreakerHoldsAgainWhatWasToGoPastIt() {
    driver.open(PARTNER, true);
    begin(step -> step);
    succeed();

    driver.pass(Duration.ofMinutes(25));
    driver.control(FLOW, ControlAction.RETRY, "charge", Map.of());
    assertThat(driver.takeCommands()).isEmpty();
    assertThat(charge().status()).isEqualTo(StepStatus.HELD);
    assertThat(driver.held()).containsExactly("flow-1 charge");

    driver.close(PARTNER);
    driver.pass(Duration.ofMinutes(10));
    assertThat(only().attempt()).isEqualTo(1);
  }

  @Test
  void retrySendsTheHeldCommandNow() {
    driver.open(PARTNER, false);
    begin(step -> step);
    succeed();

    driver.control(FLOW, ControlAction.RETRY, "charge", Map.of("card", 2));

    Command command = only();
    assertThat(command.attempt()).isEqualTo(1);
    assertThat(command.payload()).isEqualTo(Map.of("card", 2));
  }

  @Test
  void aPausedFlowAsksAgainWhenItIsResumed() {
    driver.open(PARTNER, false);
    begin(step -> step);
    succeed();
    driver.control(FLOW, ControlAction.PAUSE, null, Map.of());
    holdEnds();
    assertThat(driver.takeCommands()).isEmpty();
    assertThat(driver.held()).isEmpty();

    driver.control(FLOW, ControlAction.RESUME, null, Map.of());

    assertThat(charge().status()).isEqualTo(StepStatus.HELD);
  }

  @Test
  void turningBackWithdrawsAHeldDoWithoutAnUndo() {
    driver.open(PARTNER, false);
    begin(step -> undoFailed(step));
    succeed();

    driver.control(FLOW, ControlAction.CANCEL, null, Map.of());

    assertThat(charge().status()).isEqualTo(StepStatus.PENDING);
    assertThat(driver.held()).isEmpty();
    Command undo = only();
    assertThat(undo.step()).isEqualTo("reserve");
    driver.succeed(FLOW, undo, Echo.COMMAND_ID, Map.of());
    assertThat(status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void aHeldDoOfWhichAnEarlierAttemptIsInDoubtIsUndone() {
    begin(step -> step);
    succeed();
    only();
    driver.open(PARTNER, false);
    driver.pass(Duration.ofSeconds(32));
    assertThat(charge().status()).isEqualTo(StepStatus.HELD);
    assertThat(charge().effect()).isEqualTo(StepEffect.IN_DOUBT);
    driver.close(PARTNER);

    driver.control(FLOW, ControlAction.CANCEL, null, Map.of());

    Command undo = only();
    assertThat(undo.step()).isEqualTo("charge");
    assertThat(undo.action()).isEqualTo(CommandAction.UNDO);
  }

  @Test
  void anUndoIsHeldTheSameWayAndCountsAsMoving() {
    begin(step -> TestDefinitions.undoRetry(step, policy(1)));
    succeed();
    succeed();
    driver.open(PARTNER, false);
    driver.failForGood(FLOW, only(), Echo.COMMAND_ID, "broken");
    assertThat(charge().status()).isEqualTo(StepStatus.HELD);
    driver.pass(A_MINUTE);
    assertThat(status()).isEqualTo(FlowStatus.UNDOING);
    assertThat(charge().effect()).isEqualTo(StepEffect.DONE);

    holdEnds();

    Command undo = only();
    assertThat(undo.attempt()).isEqualTo(1);
    driver.succeed(FLOW, undo, Echo.COMMAND_ID, Map.of());
    succeed();
    assertThat(status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void aHeldUndoOfALaterAttemptIsSettledByTheAnswerToAnEarlierOne() {
    begin(step -> step);
    succeed();
    succeed();
    driver.failForGood(FLOW, only(), Echo.COMMAND_ID, "broken");
    Command first = only();
    driver.open(PARTNER, false);
    driver.pass(Duration.ofSeconds(32));
    assertThat(charge().status()).isEqualTo(StepStatus.HELD);

    driver.succeed(FLOW, first, Echo.COMMAND_ID, Map.of());

    assertThat(charge().status()).isEqualTo(StepStatus.UNDO_SUCCESS);
    assertThat(driver.held()).isEmpty();
  }

  @Test
  void aHeldPivotIsNotOpen() {
    driver.open(PARTNER, false);
    begin(TestDefinitions::pivot);
    succeed();
    assertThat(charge().status()).isEqualTo(StepStatus.HELD);

    driver.control(FLOW, ControlAction.CANCEL, null, Map.of());

    assertThat(status()).isEqualTo(FlowStatus.UNDOING);
    assertThat(only().step()).isEqualTo("reserve");
  }

  /** Its breaker was asked before the decision to send it was committed. */
  @Test
  void anArmedPivotIsSentAlthoughItsBreakerHasOpenedSince() {
    driver.withoutCommits();
    begin(TestDefinitions::pivot);
    succeed();
    assertThat(charge().status()).isEqualTo(StepStatus.ARMED);
    driver.open(PARTNER, false);

    driver.commit();

    assertThat(only().step()).isEqualTo("charge");
  }

  @Test
  void aReleasedPivotIsArmedAgainFirst() {
    driver.open(PARTNER, false);
    begin(TestDefinitions::pivot);
    succeed();
    driver.withoutCommits();

    holdEnds();

    assertThat(charge().status()).isEqualTo(StepStatus.ARMED);
    assertThat(driver.takeCommands()).isEmpty();
    driver.commit();
    assertThat(only().attempt()).isEqualTo(1);
  }

  @Test
  void theTimeoutOfTheFlowRunsOnWhileAStepIsHeld() {
    driver.open(PARTNER, false);
    Step step = TestDefinitions.step("charge", 1).withBreaker(PARTNER);
    driver.register(
        orchestration("order", GraphType.SEQUENTIAL, List.of(step), Duration.ofMinutes(5)));
    driver.start(FLOW, "order", Map.of("order", 7));

    driver.pass(Duration.ofMinutes(5));

    assertThat(status()).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.held()).isEmpty();
  }

  @Test
  void abandoningAFlowEndsItsHolds() {
    driver.open(PARTNER, false);
    begin(step -> step);
    succeed();

    driver.control(FLOW, ControlAction.ABANDON, null, Map.of());

    assertThat(driver.held()).isEmpty();
  }

  @Test
  void aHeldStepCanBeSkippedAndResolved() {
    driver.open(PARTNER, false);
    begin(step -> step);
    succeed();

    driver.control(FLOW, ControlAction.SKIP, "charge", Map.of());

    assertThat(only().step()).isEqualTo("ship");
    assertThat(driver.held()).isEmpty();
  }

  /**
   * A request is evaluated for each attempt; it is held before, and goes past its breaker after.
   */
  @Test
  void aRequestAndItsUndoAreHeldAndReleased() {
    driver.open(PARTNER, false);
    String document =
        """
        orchestrationName: order
        steps:
          - name: create
            http: { connection: crm, put: "/x/{{ payload.id }}" }
            undo: { http: { delete: "/x/{{ payload.id }}" } }
          - { name: two, undo: none }
        """;
    Orchestration order =
        ((Defined)
                RegistrationCompiler.compile(document.getBytes(UTF_8), Map.of()).results().get(0))
            .orchestration();
    driver.register(with(order, "create", step -> step.withBreaker(PARTNER)));
    driver.start(FLOW, "order", Map.of("id", 5));
    assertThat(driver.takeCommands()).isEmpty();
    assertThat(driver.flow(FLOW).steps().get(0).status()).isEqualTo(StepStatus.HELD);
    assertThat(driver.flow(FLOW).steps().get(0).outside().keys()).isEmpty();

    driver.take(FLOW, new HoldEnded(driver.now(), "create"));
    Command put = only();
    assertThat(put.attempt()).isEqualTo(1);
    driver.succeed(FLOW, put, Echo.COMMAND_ID, Map.of());
    driver.failForGood(FLOW, only(), Echo.COMMAND_ID, "no");
    assertThat(driver.takeCommands()).isEmpty();
    assertThat(driver.flow(FLOW).steps().get(0).status()).isEqualTo(StepStatus.HELD);

    driver.take(FLOW, new HoldEnded(driver.now(), "create"));
    Command undo = only();
    assertThat(undo.action()).isEqualTo(CommandAction.UNDO);
    driver.succeed(FLOW, undo, Echo.COMMAND_ID, Map.of());
    assertThat(status()).isEqualTo(FlowStatus.UNDONE);
  }

  /**
   * The step is retried under a new key and held. A transaction that sends the released command is
   * aborted. The effect that its answer reports may stand under either key.
   */
  @Test
  void theUndoOfACommandReleasedInVainNamesItsKey() {
    Orchestration order = chain("order", "pay", "charge");
    order = with(order, "pay", TestDefinitions::pivot);
    Orchestration behind =
        with(order, "charge", step -> retry(step, policy(1)).withBreaker(PARTNER));
    CoreJourneyDriver aborted = new CoreJourneyDriver();
    for (CoreJourneyDriver each : List.of(driver, aborted)) {
      each.register(behind);
      each.start(FLOW, "order", Map.of("order", 7));
      each.succeed(FLOW, each.takeCommands().get(0), Echo.COMMAND_ID, Map.of());
      each.fail(FLOW, each.takeCommands().get(0), Echo.COMMAND_ID, "no", "NO_EFFECT");
      each.open(PARTNER, false);
      each.control(FLOW, ControlAction.RETRY, null, Map.of());
      assertThat(each.flow(FLOW).steps().get(1).status()).isEqualTo(StepStatus.HELD);
    }
    aborted.take(FLOW, new HoldEnded(aborted.now(), "charge"));
    Command uncommitted = aborted.takeCommands().get(0);
    assertThat(DoKey.header(aborted.flow(FLOW).steps().get(1), CommandAction.DO)).isNull();
    assertThat(uncommitted.generation()).isEqualTo(2);

    driver.succeed(FLOW, uncommitted, Echo.COMMAND_ID, Map.of());

    assertThat(charge().effect()).isEqualTo(StepEffect.DONE);
    assertThat(DoKey.header(charge(), CommandAction.UNDO)).isEqualTo("1,2");
  }

  /** Both commands of one decision: the first cannot be sent and turns the flow back. */
  @Test
  void aCommandHeldAfterTheFlowHasTurnedBackIsWithdrawn() {
    Step first = retry(TestDefinitions.step("book", 1), policy(1));
    Step second = TestDefinitions.step("charge", 2).withBreaker(PARTNER);
    driver.register(orchestration("order", GraphType.PARALLEL, List.of(first, second)));
    driver.start(FLOW, "order", Map.of("order", 7));
    driver.take(
        FLOW, new DispatchImpossible(driver.now(), "book", CommandAction.DO, 1, false, "too big"));

    driver.take(FLOW, new DispatchHeld(driver.now(), "charge", CommandAction.DO, 1, PARTNER));

    FlowState flow = driver.flow(FLOW);
    assertThat(flow.steps().get(1).status()).isEqualTo(StepStatus.PENDING);
    assertThat(flow.status()).isEqualTo(FlowStatus.UNDONE);
  }
}

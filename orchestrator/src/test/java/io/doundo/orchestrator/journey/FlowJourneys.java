package io.doundo.orchestrator.journey;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static io.doundo.orchestrator.journey.TestDefinitions.orchestration;
import static io.doundo.orchestrator.journey.TestDefinitions.parallel;
import static io.doundo.orchestrator.journey.TestDefinitions.policy;
import static io.doundo.orchestrator.journey.TestDefinitions.step;
import static io.doundo.orchestrator.journey.TestDefinitions.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowNotes;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.GraphType;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.journey.JourneyDriver.Command;
import io.doundo.orchestrator.journey.JourneyDriver.Echo;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.KnownEffect;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Flows from start to end. Each driver runs all of them. */
public abstract class FlowJourneys {

  private static final Duration RETRY_DELAY = Duration.ofMillis(1_100);
  private static final Duration STEP_TIMEOUT = Duration.ofMillis(30_100);
  private static final String FLOW = "flow-1";

  protected JourneyDriver driver;

  protected abstract JourneyDriver driver();

  @BeforeEach
  void openDriver() {
    driver = driver();
  }

  @AfterEach
  void closeDriver() {
    driver.close();
  }

  // --- the words of a journey -------------------------------------------------------------------

  private void begin(Orchestration orchestration, Map<String, Object> payload) {
    driver.register(orchestration);
    driver.start(FLOW, orchestration.name(), payload);
  }

  private void begin(Orchestration orchestration) {
    begin(orchestration, Map.of("order", 7));
  }

  /** Exactly these commands were sent since the last check, in any order, as {@code DO step}. */
  private List<Command> expect(String... commands) {
    List<Command> sent = driver.takeCommands();
    assertThat(sent)
        .extracting(command -> command.action() + " " + command.step())
        .containsExactlyInAnyOrder(commands);
    return sent;
  }

  private Command expectOne(String command) {
    return expect(command).get(0);
  }

  private void expectNothing() {
    expect();
  }

  private void succeed(Command command) {
    succeed(command, Map.of());
  }

  private void succeed(Command command, Map<String, Object> result) {
    driver.succeed(FLOW, command, Echo.NOTHING, result);
  }

  private void fail(Command command) {
    driver.fail(FLOW, command, Echo.NOTHING, "broken", null);
  }

  private Command exhaust(String step) {
    Command last = expectOne("DO " + step);
    for (int attempt = 1; attempt < 3; attempt++) {
      fail(last);
      driver.pass(RETRY_DELAY);
      last = expectOne("DO " + step);
    }
    fail(last);
    return last;
  }

  private FlowState flow() {
    return driver.flow(FLOW);
  }

  private void expectFlow(FlowStatus status, StepStatus... steps) {
    assertThat(flow().status()).isEqualTo(status);
    assertThat(flow().steps()).extracting(StepState::status).containsExactly(steps);
  }

  // --- forward ----------------------------------------------------------------------------------

  @Test
  void aChainRunsInOrderAndCompletes() {
    begin(chain("order", "reserve", "charge", "ship"));
    succeed(expectOne("DO reserve"), Map.of("reservation", 1));
    Command charge = expectOne("DO charge");
    assertThat(charge.payload()).containsEntry("order", 7).containsEntry("reservation", 1);
    succeed(charge);
    succeed(expectOne("DO ship"));
    expectNothing();
    expectFlow(
        FlowStatus.COMPLETED, StepStatus.DO_SUCCESS, StepStatus.DO_SUCCESS, StepStatus.DO_SUCCESS);
  }

  @Test
  void parallelStepsAreSentAllAtOnce() {
    begin(parallel("onboard", "profile", "mail"));
    List<Command> both = expect("DO profile", "DO mail");
    succeed(both.get(1));
    assertThat(flow().status()).isEqualTo(FlowStatus.IN_PROGRESS);
    succeed(both.get(0));
    assertThat(flow().status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void aGraphWaitsForAllDependenciesAndMergesResultsInItsOwnOrder() {
    begin(
        orchestration(
            "order",
            GraphType.GRAPH,
            List.of(step("a", 1), step("b", 2, "a"), step("c", 3, "a"), step("d", 4, "b", "c"))));
    succeed(expectOne("DO a"), Map.of("who", "a"));
    List<Command> both = expect("DO b", "DO c");
    Command b = both.get(0).step().equals("b") ? both.get(0) : both.get(1);
    Command c = both.get(0).step().equals("b") ? both.get(1) : both.get(0);
    succeed(c, Map.of("who", "c"));
    expectNothing();
    succeed(b, Map.of("who", "b"));
    assertThat(expectOne("DO d").payload()).containsEntry("who", "c");
  }

  @Test
  void aFailedAttemptIsRetriedAfterItsDelay() {
    begin(chain("order", "reserve"));
    Command first = expectOne("DO reserve");
    fail(first);
    expectFlow(FlowStatus.IN_PROGRESS, StepStatus.DO_FAIL);
    expectNothing();
    driver.pass(RETRY_DELAY);
    Command second = expectOne("DO reserve");
    assertThat(second.attempt()).isEqualTo(2);
    assertThat(second.commandId()).isNotEqualTo(first.commandId());
    succeed(second);
    expectFlow(FlowStatus.COMPLETED, StepStatus.DO_SUCCESS);
  }

  // --- back -------------------------------------------------------------------------------------

  @Test
  void anAttemptIsNotSentBeforeThePauseThatItsWorkerAskedFor() {
    begin(chain("order", "charge"));
    driver.failNotBefore(
        FLOW, expectOne("DO charge"), Echo.NOTHING, "busy", Duration.ofSeconds(10));
    driver.pass(Duration.ofMillis(9_900));
    expectNothing();
    assertThat(driver.audit(FLOW))
        .contains("STEP_RETRY_TRIGGERED charge next attempt in 10 s, as its worker asks");
    driver.pass(Duration.ofMillis(200));
    succeed(expectOne("DO charge"));
    expectFlow(FlowStatus.COMPLETED, StepStatus.DO_SUCCESS);
  }

  @Test
  void aPauseShorterThanTheDelayOfTheStepChangesNothing() {
    begin(chain("order", "charge"));
    driver.failNotBefore(FLOW, expectOne("DO charge"), Echo.NOTHING, "busy", Duration.ofMillis(10));
    driver.pass(Duration.ofMillis(900));
    expectNothing();
    driver.pass(Duration.ofMillis(200));
    expectOne("DO charge");
    assertThat(driver.audit(FLOW)).contains("STEP_RETRY_TRIGGERED charge next attempt in 1 s");
  }

  @Test
  void anUndoIsNotSentBeforeThePauseThatItsWorkerAskedForEither() {
    begin(chain("order", "reserve", "charge"));
    succeed(expectOne("DO reserve"));
    driver.failForGood(FLOW, expectOne("DO charge"), Echo.ATTEMPT, "no");
    driver.failNotBefore(
        FLOW, expectOne("UNDO reserve"), Echo.NOTHING, "busy", Duration.ofSeconds(20));
    driver.pass(Duration.ofMillis(19_900));
    expectNothing();
    driver.pass(Duration.ofMillis(200));
    succeed(expectOne("UNDO reserve"));
    expectFlow(FlowStatus.UNDONE, StepStatus.UNDO_SUCCESS, StepStatus.FAILED);
  }

  @Test
  void theThirdStepFailsForGoodAndTheOthersAreUndoneInReverse() {
    begin(chain("order", "reserve", "charge", "ship"));
    succeed(expectOne("DO reserve"), Map.of("reservation", 1));
    succeed(expectOne("DO charge"), Map.of("charge", 2));
    exhaust("ship");
    Command undoCharge = expectOne("UNDO charge");
    assertThat(undoCharge.effect()).isEqualTo(KnownEffect.DONE);
    assertThat(undoCharge.payload())
        .containsEntry("order", 7)
        .containsEntry("reservation", 1)
        .containsEntry("charge", 2);
    expectNothing();
    succeed(undoCharge);
    succeed(expectOne("UNDO reserve"));
    expectNothing();
    expectFlow(
        FlowStatus.UNDONE,
        StepStatus.UNDO_SUCCESS,
        StepStatus.UNDO_SUCCESS,
        StepStatus.RETRY_EXHAUSTED);
    assertThat(flow().steps().get(2).outside().doing().sent()).isEqualTo(3);
  }

  @Test
  void failStepIsNotRetried() {
    begin(chain("order", "reserve", "charge"));
    succeed(expectOne("DO reserve"));
    driver.failForGood(FLOW, expectOne("DO charge"), Echo.NOTHING, "no such account");
    succeed(expectOne("UNDO reserve"));
    expectFlow(FlowStatus.UNDONE, StepStatus.UNDO_SUCCESS, StepStatus.FAILED);
  }

  @Test
  void parallelUndosAreOutBeforeEitherIsAnswered() {
    begin(parallel("onboard", "profile", "mail", "role"));
    List<Command> sent = expect("DO profile", "DO mail", "DO role");
    for (Command command : sent) {
      if (command.step().equals("role")) {
        driver.failForGood(FLOW, command, Echo.NOTHING, "no role");
      } else {
        succeed(command);
      }
    }
    List<Command> undos = expect("UNDO profile", "UNDO mail");
    undos.forEach(this::succeed);
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void aSiblingInFlightIsDrainedBeforeItIsUndone() {
    begin(parallel("onboard", "profile", "role"));
    List<Command> sent = expect("DO profile", "DO role");
    Command profile = sent.get(0).step().equals("profile") ? sent.get(0) : sent.get(1);
    Command role = sent.get(0).step().equals("profile") ? sent.get(1) : sent.get(0);
    driver.failForGood(FLOW, role, Echo.NOTHING, "no role");
    expectNothing();
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDOING);
    succeed(profile);
    succeed(expectOne("UNDO profile"));
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void anUndoIsRetriedAndParksTheFlowWhenExhausted() {
    begin(chain("order", "reserve", "charge"));
    succeed(expectOne("DO reserve"));
    driver.failForGood(FLOW, expectOne("DO charge"), Echo.NOTHING, "no");
    Command last = expectOne("UNDO reserve");
    for (int attempt = 1; attempt < 3; attempt++) {
      fail(last);
      expectFlow(FlowStatus.UNDOING, StepStatus.UNDO_FAIL, StepStatus.FAILED);
      driver.pass(RETRY_DELAY);
      last = expectOne("UNDO reserve");
    }
    fail(last);
    expectNothing();
    expectFlow(FlowStatus.PARKED, StepStatus.UNDO_FAIL, StepStatus.FAILED);
    assertThat(flow().parkReason()).isEqualTo(ParkReason.UNDO_FAILED);

    driver.control(FLOW, ControlAction.RETRY, "reserve", Map.of("edited", true));
    Command again = expectOne("UNDO reserve");
    assertThat(again.generation()).isEqualTo(2);
    assertThat(again.attempt()).isEqualTo(4);
    assertThat(again.payload()).containsEntry("edited", true);
    succeed(again);
    expectFlow(FlowStatus.UNDONE, StepStatus.UNDO_SUCCESS, StepStatus.FAILED);
  }

  @Test
  void aStepWithoutUndoIsLeftStanding() {
    Orchestration order =
        with(chain("order", "mail", "charge"), "mail", TestDefinitions::withoutUndo);
    begin(order);
    succeed(expectOne("DO mail"));
    driver.failForGood(FLOW, expectOne("DO charge"), Echo.NOTHING, "no");
    expectNothing();
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
    assertThat(flow().leftStanding(order)).containsExactly("mail");
  }

  @Test
  void aFailedStepIsUndoneWhenItAsksForIt() {
    begin(with(chain("order", "reserve"), "reserve", TestDefinitions::undoFailed));
    exhaust("reserve");
    Command undo = expectOne("UNDO reserve");
    assertThat(undo.effect()).isEqualTo(KnownEffect.FAILED);
    succeed(undo);
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
  }

  // --- doubt ------------------------------------------------------------------------------------

  @Test
  void aStepThatNeverAnswersIsInDoubtAndUndone() {
    begin(
        with(
            chain("order", "reserve", "charge"),
            "charge",
            s -> TestDefinitions.retry(s, policy(1))));
    succeed(expectOne("DO reserve"));
    Command charge = expectOne("DO charge");
    driver.pass(STEP_TIMEOUT);
    Command undoCharge = expectOne("UNDO charge");
    assertThat(undoCharge.effect()).isEqualTo(KnownEffect.UNKNOWN);
    succeed(undoCharge);
    succeed(expectOne("UNDO reserve"));
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);

    succeed(charge, Map.of("charge", 9));
    Command again = expectOne("UNDO charge");
    assertThat(again.generation()).isEqualTo(2);
    assertThat(again.attempt()).isEqualTo(2);
    assertThat(again.effect()).isEqualTo(KnownEffect.DONE);
    assertThat(again.payload()).containsEntry("charge", 9);
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDOING);
    succeed(again);
    expectNothing();
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void aTimedOutAttemptIsSentAgainAndStaysInDoubt() {
    begin(chain("order", "reserve"));
    Command first = expectOne("DO reserve");
    driver.pass(STEP_TIMEOUT);
    expectFlow(FlowStatus.IN_PROGRESS, StepStatus.IN_DOUBT);
    driver.pass(RETRY_DELAY);
    expectOne("DO reserve");
    expectFlow(FlowStatus.IN_PROGRESS, StepStatus.IN_DOUBT);
    driver.succeed(FLOW, first, Echo.ATTEMPT, Map.of());
    expectFlow(FlowStatus.COMPLETED, StepStatus.DO_SUCCESS);
  }

  @Test
  void anAttemptInDoubtMakesAFailedStepBeUndone() {
    begin(with(chain("order", "reserve"), "reserve", s -> TestDefinitions.retry(s, policy(2))));
    expectOne("DO reserve");
    driver.pass(STEP_TIMEOUT);
    driver.pass(RETRY_DELAY);
    driver.fail(FLOW, expectOne("DO reserve"), Echo.ATTEMPT, "broken", null);
    succeed(expectOne("UNDO reserve"));
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void unknownOutcomesAreUndoneAndCleanOnesAreNot() {
    begin(parallel("both", "clean", "unknown"));
    List<Command> sent = expect("DO clean", "DO unknown");
    for (int attempt = 1; attempt <= 3; attempt++) {
      for (Command command : sent) {
        String outcome = command.step().equals("clean") ? "NO_EFFECT" : "UNKNOWN";
        driver.fail(FLOW, command, Echo.COMMAND_ID, "thrown", outcome);
      }
      driver.pass(RETRY_DELAY);
      sent = driver.takeCommands();
    }
    assertThat(sent).extracting(Command::step).containsExactly("unknown");
    assertThat(sent.get(0).effect()).isEqualTo(KnownEffect.UNKNOWN);
  }

  @Test
  void aSurplusFailureMakesTheStepInDoubt() {
    begin(chain("order", "reserve"));
    Command first = expectOne("DO reserve");
    fail(first);
    driver.pass(RETRY_DELAY);
    Command second = expectOne("DO reserve");
    fail(first);
    driver.pass(RETRY_DELAY);
    Command third = expectOne("DO reserve");
    fail(second);
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
    fail(third);
    Command undo = expectOne("UNDO reserve");
    assertThat(undo.effect()).isEqualTo(KnownEffect.UNKNOWN);
    succeed(undo);
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void anUnchangedResultIsPassedOnAndNotUndone() {
    begin(chain("order", "reserve", "charge"));
    driver.findUnchanged(
        FLOW, expectOne("DO reserve"), Echo.COMMAND_ID, Map.of("reservation", 1), false);
    Command charge = expectOne("DO charge");
    assertThat(charge.payload()).containsEntry("reservation", 1);
    driver.failForGood(FLOW, charge, Echo.ATTEMPT, "no");
    expectNothing();
    expectFlow(FlowStatus.UNDONE, StepStatus.DO_SUCCESS, StepStatus.FAILED);
    assertThat(flow().standingSteps()).isEmpty();
    assertThat(driver.audit(FLOW)).contains("STEP_SUCCESS reserve nothing was changed");
  }

  @Test
  void aPlainWorkerMayFindAStepUnchangedToo() {
    begin(chain("order", "reserve", "charge"));
    driver.findUnchanged(FLOW, expectOne("DO reserve"), Echo.NOTHING, Map.of(), false);
    driver.failForGood(FLOW, expectOne("DO charge"), Echo.ATTEMPT, "no");
    expectNothing();
    expectFlow(FlowStatus.UNDONE, StepStatus.DO_SUCCESS, StepStatus.FAILED);
  }

  @Test
  void anUnchangedStepWhoseEarlierAttemptIsInDoubtIsUndone() {
    begin(chain("order", "reserve", "charge"));
    expectOne("DO reserve");
    driver.pass(STEP_TIMEOUT);
    driver.pass(RETRY_DELAY);
    driver.findUnchanged(
        FLOW, expectOne("DO reserve"), Echo.COMMAND_ID, Map.of("reservation", 1), false);
    driver.failForGood(FLOW, expectOne("DO charge"), Echo.ATTEMPT, "no");
    Command undo = expectOne("UNDO reserve");
    assertThat(undo.effect()).isEqualTo(KnownEffect.UNKNOWN);
    succeed(undo);
    expectFlow(FlowStatus.UNDONE, StepStatus.UNDO_SUCCESS, StepStatus.FAILED);
  }

  @Test
  void anUnknownAttemptIsNotSettledByALaterOneThatChangedNothing() {
    begin(chain("order", "reserve", "charge"));
    driver.fail(FLOW, expectOne("DO reserve"), Echo.COMMAND_ID, "lost", "UNKNOWN");
    driver.pass(RETRY_DELAY);
    driver.findUnchanged(FLOW, expectOne("DO reserve"), Echo.COMMAND_ID, Map.of(), false);
    driver.failForGood(FLOW, expectOne("DO charge"), Echo.ATTEMPT, "no");
    succeed(expectOne("UNDO reserve"));
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void aStepWhoseEarlierRunMayHaveMadeWhatWasFoundIsUndone() {
    begin(chain("order", "reserve", "charge"));
    driver.findUnchanged(
        FLOW, expectOne("DO reserve"), Echo.COMMAND_ID, Map.of("reservation", 1), true);
    driver.failForGood(FLOW, expectOne("DO charge"), Echo.ATTEMPT, "no");
    Command undo = expectOne("UNDO reserve");
    assertThat(undo.effect()).isEqualTo(KnownEffect.UNKNOWN);
    succeed(undo);
    expectFlow(FlowStatus.UNDONE, StepStatus.UNDO_SUCCESS, StepStatus.FAILED);
  }

  @Test
  void aSuccessThatComesAfterTheStepWasFoundUnchangedIsUndone() {
    begin(chain("order", "reserve", "charge"));
    Command first = expectOne("DO reserve");
    driver.fail(FLOW, first, Echo.ATTEMPT, "broken", null);
    driver.pass(RETRY_DELAY);
    driver.findUnchanged(
        FLOW, expectOne("DO reserve"), Echo.ATTEMPT, Map.of("reservation", 1), false);
    driver.succeed(FLOW, first, Echo.ATTEMPT, Map.of("reservation", 1));
    driver.failForGood(FLOW, expectOne("DO charge"), Echo.ATTEMPT, "no");
    Command undo = expectOne("UNDO reserve");
    assertThat(undo.effect()).isEqualTo(KnownEffect.DONE);
    succeed(undo);
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void aLateAnswerThatNothingWasChangedIsNotUndoneAgain() {
    begin(chain("order", "reserve", "charge"));
    Command first = expectOne("DO reserve");
    driver.pass(STEP_TIMEOUT);
    driver.pass(RETRY_DELAY);
    driver.failForGood(FLOW, expectOne("DO reserve"), Echo.ATTEMPT, "no");
    succeed(expectOne("UNDO reserve"));
    driver.findUnchanged(FLOW, first, Echo.ATTEMPT, Map.of(), false);
    expectNothing();
    expectFlow(FlowStatus.UNDONE, StepStatus.UNDO_SUCCESS, StepStatus.PENDING);
  }

  @Test
  void aPivotThatWasFoundUnchangedIsPassed() {
    begin(with(chain("order", "charge", "ship"), "charge", TestDefinitions::pivot));
    driver.findUnchanged(FLOW, expectOne("DO charge"), Echo.COMMAND_ID, Map.of(), false);
    expectOne("DO ship");
    driver.control(FLOW, ControlAction.CANCEL, null, Map.of());
    expectNothing();
    assertThat(flow().status()).isEqualTo(FlowStatus.IN_PROGRESS);
  }

  @Test
  void aDuplicateAnswerChangesNothing() {
    begin(chain("order", "reserve", "charge"));
    Command reserve = expectOne("DO reserve");
    driver.succeed(FLOW, reserve, Echo.COMMAND_ID, Map.of("r", 1));
    expectOne("DO charge");
    FlowState before = flow();
    for (int i = 0; i < 100; i++) {
      driver.succeed(FLOW, reserve, Echo.COMMAND_ID, Map.of("r", 1));
      expectNothing();
    }
    assertThat(flow())
        .usingRecursiveComparison()
        .ignoringFields("notes", "transitions", "updatedAt")
        .isEqualTo(before);
    assertThat(entries("ANSWER_IGNORED"))
        .as("a flood of them does not grow the log without bound")
        .hasSize(FlowNotes.MOST_IGNORED_ANSWERS)
        .startsWith(
            "ANSWER_IGNORED reserve success of a DO ignored: no DO is waiting for this answer; the step"
                + " is DO_SUCCESS")
        .last()
        .asString()
        .endsWith("further ignored answers are not recorded");
  }

  private List<String> entries(String type) {
    return driver.audit(FLOW).stream().filter(entry -> entry.startsWith(type)).toList();
  }

  // --- answers of existing clients
  // ----------------------------------------------------------------

  @Test
  void anUndoThatSaysFailStepOnceIsRetried() {
    begin(chain("order", "reserve", "charge"));
    succeed(expectOne("DO reserve"));
    driver.failForGood(FLOW, expectOne("DO charge"), Echo.ATTEMPT, "no money");
    driver.failForGood(FLOW, expectOne("UNDO reserve"), Echo.ATTEMPT, "handler threw");
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDOING);
    driver.pass(RETRY_DELAY);
    succeed(expectOne("UNDO reserve"));
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void anUndoneFlowGivesTheReasonOfItsTurningBackThoughItWasParkedSince() {
    begin(
        with(
            chain("order", "reserve", "charge"),
            "reserve",
            s -> TestDefinitions.undoRetry(s, policy(1))));
    succeed(expectOne("DO reserve"));
    driver.failForGood(FLOW, expectOne("DO charge"), Echo.ATTEMPT, "no money");
    driver.fail(FLOW, expectOne("UNDO reserve"), Echo.NOTHING, "handler threw", null);
    assertThat(flow().status()).isEqualTo(FlowStatus.PARKED);
    assertThat(flow().reason()).contains("no attempts left", "handler threw");
    assertThat(entries("STEP_RETRY_EXHAUSTED").toString()).contains("1 attempt failed");
    driver.control(FLOW, ControlAction.RETRY, null, Map.of());
    assertThat(flow().reason()).contains("no money");
    succeed(expectOne("UNDO reserve"));
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
    assertThat(flow().reason()).contains("no money");
  }

  @Test
  void twoDifferentSuccessesRaiseAnIncident() {
    begin(chain("order", "reserve", "charge"));
    Command reserve = expectOne("DO reserve");
    succeed(reserve, Map.of("r", 1));
    succeed(reserve, Map.of("r", 2));
    assertThat(driver.audit(FLOW)).anyMatch(entry -> entry.startsWith("INCIDENT reserve"));
    assertThat(flow().notes().incidents()).isEqualTo(1);
    assertThat(flow().notes().lastIncident()).startsWith("step reserve: succeeded twice");
  }

  // --- the point of no return -------------------------------------------------------------------

  private static Orchestration withPivot() {
    Orchestration order = chain("order", "reserve", "capture", "mail");
    return with(order, "capture", TestDefinitions::pivot);
  }

  @Test
  void afterThePivotThereIsNoWayBack() {
    begin(withPivot());
    succeed(expectOne("DO reserve"));
    succeed(expectOne("DO capture"));
    Command mail = expectOne("DO mail");
    driver.control(FLOW, ControlAction.CANCEL, null, Map.of());
    expectNothing();
    assertThat(driver.audit(FLOW)).anyMatch(e -> e.startsWith("CONTROL_REFUSED CANCEL refused"));
    fail(mail);
    driver.pass(RETRY_DELAY);
    fail(expectOne("DO mail"));
    driver.pass(RETRY_DELAY);
    fail(expectOne("DO mail"));
    expectNothing();
    assertThat(flow().status()).isEqualTo(FlowStatus.PARKED);
    assertThat(flow().parkReason()).isEqualTo(ParkReason.FORWARD_EXHAUSTED);
    driver.control(FLOW, ControlAction.RETRY, null, Map.of());
    succeed(expectOne("DO mail"));
    assertThat(flow().status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void aPivotInDoubtParksUntilItIsResolved() {
    begin(with(withPivot(), "capture", s -> TestDefinitions.retry(s, policy(1))));
    succeed(expectOne("DO reserve"));
    expectOne("DO capture");
    driver.control(FLOW, ControlAction.CANCEL, null, Map.of());
    expectNothing();
    driver.pass(STEP_TIMEOUT);
    expectNothing();
    assertThat(flow().parkReason()).isEqualTo(ParkReason.PIVOT_IN_DOUBT);
    driver.control(FLOW, ControlAction.RESOLVE, "capture", Map.of("outcome", "NO_EFFECT"));
    succeed(expectOne("UNDO reserve"));
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void aCancelThatWaitedForThePivotIsDroppedWhenAnOperatorDeclaresItDone() {
    begin(with(withPivot(), "capture", s -> TestDefinitions.retry(s, policy(1))));
    succeed(expectOne("DO reserve"));
    expectOne("DO capture");
    driver.control(FLOW, ControlAction.CANCEL, null, Map.of());
    driver.pass(STEP_TIMEOUT);
    assertThat(flow().parkReason()).isEqualTo(ParkReason.PIVOT_IN_DOUBT);
    driver.control(FLOW, ControlAction.RESOLVE, "capture", Map.of());
    assertThat(flow().cancelReason()).isNull();
    assertThat(driver.audit(FLOW)).anyMatch(entry -> entry.startsWith("FLOW_CANCEL_DROPPED"));
    fail(expectOne("DO mail"));
    assertThat(flow().status())
        .as("it is retried as its policy says")
        .isEqualTo(FlowStatus.IN_PROGRESS);
    driver.pass(RETRY_DELAY);
    succeed(expectOne("DO mail"));
    assertThat(flow().status()).isEqualTo(FlowStatus.COMPLETED);
    assertThat(flow().reason()).isNull();
  }

  @Test
  void aPivotThatFailsCleanlyIsUndoneWithTheRest() {
    begin(withPivot());
    succeed(expectOne("DO reserve"));
    exhaust("capture");
    succeed(expectOne("UNDO reserve"));
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
  }

  // --- operators and time -----------------------------------------------------------------------

  @Test
  void cancellingUndoesWhatWasDone() {
    begin(chain("order", "reserve", "charge"));
    succeed(expectOne("DO reserve"));
    Command charge = expectOne("DO charge");
    driver.control(FLOW, ControlAction.CANCEL, null, Map.of());
    expectNothing();
    succeed(charge);
    succeed(expectOne("UNDO charge"));
    succeed(expectOne("UNDO reserve"));
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void aCompletedFlowIsUndoneOnDemand() {
    begin(chain("order", "reserve"));
    succeed(expectOne("DO reserve"), Map.of("r", 1));
    assertThat(flow().status()).isEqualTo(FlowStatus.COMPLETED);
    driver.control(FLOW, ControlAction.UNDO, null, Map.of());
    Command undo = expectOne("UNDO reserve");
    assertThat(undo.payload()).containsEntry("r", 1);
    succeed(undo);
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void aPausedFlowRecordsAnswersAndSendsNothing() {
    begin(chain("order", "reserve", "charge"));
    Command reserve = expectOne("DO reserve");
    driver.control(FLOW, ControlAction.PAUSE, null, Map.of());
    succeed(reserve);
    expectNothing();
    expectFlow(FlowStatus.IN_PROGRESS, StepStatus.DO_SUCCESS, StepStatus.PENDING);
    driver.control(FLOW, ControlAction.RESUME, null, Map.of());
    succeed(expectOne("DO charge"));
    assertThat(flow().status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void aRetryThatFallsDueDuringAPauseIsSentAfterIt() {
    begin(chain("order", "reserve"));
    fail(expectOne("DO reserve"));
    driver.control(FLOW, ControlAction.PAUSE, null, Map.of());
    driver.pass(STEP_TIMEOUT);
    expectNothing();
    driver.control(FLOW, ControlAction.RESUME, null, Map.of());
    succeed(expectOne("DO reserve"));
    assertThat(flow().status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void aFlowTimeoutUndoes() {
    Orchestration order =
        orchestration(
            "order",
            GraphType.SEQUENTIAL,
            List.of(step("reserve", 1), step("charge", 2, "reserve")),
            Duration.ofSeconds(10));
    begin(order);
    succeed(expectOne("DO reserve"));
    Command charge = expectOne("DO charge");
    driver.pass(Duration.ofMillis(10_100));
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDOING);
    succeed(charge);
    succeed(expectOne("UNDO charge"));
    succeed(expectOne("UNDO reserve"));
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void anEscalatedTimeoutParksAndCanBeSkipped() {
    begin(
        with(
            chain("order", "reserve", "charge"),
            "reserve",
            s -> TestDefinitions.onTimeout(s, OnTimeout.ESCALATE)));
    expectOne("DO reserve");
    driver.pass(STEP_TIMEOUT);
    expectFlow(FlowStatus.PARKED, StepStatus.IN_DOUBT, StepStatus.PENDING);
    assertThat(flow().parkReason()).isEqualTo(ParkReason.ESCALATED);
    driver.control(FLOW, ControlAction.SKIP, "reserve", Map.of());
    succeed(expectOne("DO charge"));
    expectFlow(FlowStatus.COMPLETED, StepStatus.SKIPPED, StepStatus.DO_SUCCESS);
  }

  @Test
  void anAbandonedFlowIsNotUndone() {
    begin(chain("order", "reserve", "charge"));
    succeed(expectOne("DO reserve"));
    Command charge = expectOne("DO charge");
    driver.control(FLOW, ControlAction.ABANDON, null, Map.of());
    assertThat(flow().status()).isEqualTo(FlowStatus.ABANDONED);
    succeed(charge);
    driver.pass(STEP_TIMEOUT);
    expectNothing();
  }

  @Test
  void aStartBeforeItsDefinitionWaitsAndThenRuns() {
    driver.start(FLOW, "order", Map.of("order", 7));
    assertThat(flow().status()).isEqualTo(FlowStatus.WAITING);
    driver.register(chain("order", "reserve"));
    driver.pass(Duration.ofSeconds(2));
    succeed(expectOne("DO reserve"));
    assertThat(flow().status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void aStartWhoseDefinitionNeverComesIsRejected() {
    driver.start(FLOW, "order", Map.of("order", 7));
    driver.pass(Duration.ofSeconds(62));
    assertThat(flow().status()).isEqualTo(FlowStatus.REJECTED);
  }

  @Test
  void aRepeatedStartIsIgnored() {
    begin(chain("order", "reserve"));
    expectOne("DO reserve");
    driver.start(FLOW, "order", Map.of("order", 7));
    expectNothing();
  }
}

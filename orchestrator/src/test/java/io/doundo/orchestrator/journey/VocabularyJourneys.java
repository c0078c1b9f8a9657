package io.doundo.orchestrator.journey;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.journey.JourneyDriver.Command;
import io.doundo.orchestrator.journey.JourneyDriver.Echo;
import io.doundo.protocol.ControlAction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Flows with conditions, expressions and steps that the orchestrator evaluates itself. Each driver
 * runs all of them.
 */
public abstract class VocabularyJourneys {

  private static final String FLOW = "flow-1";

  private static final Pattern EXAMPLE =
      Pattern.compile("```yaml\\n(orchestrationName: (\\w+)\\n.*?)```", Pattern.DOTALL);

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

  /** Starts a flow of an example of docs/vocabulary.md. */
  private void begin(String example, Map<String, Object> payload) {
    beginOf(example(example), payload);
  }

  private void beginOf(String document, Map<String, Object> payload) {
    Orchestration orchestration = compiled(document);
    driver.register(orchestration);
    driver.start(FLOW, orchestration.name(), payload);
  }

  private static Orchestration compiled(String document) {
    CompiledRegistration compiled =
        RegistrationCompiler.compile(document.getBytes(UTF_8), Map.of());
    assertThat(compiled.problems()).isEmpty();
    return ((Defined) compiled.results().get(0)).orchestration();
  }

  private static String example(String name) {
    Matcher examples = EXAMPLE.matcher(page());
    while (examples.find()) {
      if (examples.group(2).equals(name)) {
        return examples.group(1);
      }
    }
    throw new AssertionError("docs/vocabulary.md has no example " + name);
  }

  private static String page() {
    try {
      return Files.readString(Path.of("..", "docs", "vocabulary.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

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

  private void succeed(Command command) {
    succeed(command, Map.of());
  }

  private void succeed(Command command, Map<String, Object> result) {
    driver.succeed(FLOW, command, Echo.COMMAND_ID, result);
  }

  private void failForGood(Command command) {
    driver.failForGood(FLOW, command, Echo.COMMAND_ID, "broken");
  }

  private FlowState flow() {
    return driver.flow(FLOW);
  }

  private void expectFlow(FlowStatus status, StepStatus... steps) {
    assertThat(flow().status()).isEqualTo(status);
    assertThat(flow().steps()).extracting(StepState::status).containsExactly(steps);
  }

  private void expectParked(ParkReason reason) {
    assertThat(flow().status()).isEqualTo(FlowStatus.PARKED);
    assertThat(flow().parkReason()).isEqualTo(reason);
  }

  private void control(ControlAction verb, String step, Map<String, Object> payload) {
    driver.control(FLOW, verb, step, payload);
  }

  // --- the page ---------------------------------------------------------------------------------

  @Test
  void everyExampleOfThePageIsAccepted() {
    Matcher examples = EXAMPLE.matcher(page());
    List<String> names = new ArrayList<>();
    while (examples.find()) {
      CompiledRegistration compiled =
          RegistrationCompiler.compile(examples.group(1).getBytes(UTF_8), Map.of());
      assertThat(compiled.problems()).as(examples.group(2)).isEmpty();
      names.add(examples.group(2));
    }
    assertThat(names).hasSizeGreaterThanOrEqualTo(8).doesNotHaveDuplicates();
    begin("invoice", Map.of("lines", List.of()));
  }

  // --- when -------------------------------------------------------------------------------------

  @Test
  void aStepWhoseConditionIsTrueIsTaken() {
    begin("shipOrder", Map.of("amount", 101));
    succeed(expectOne("DO reserve"));
    succeed(expectOne("DO insure"), Map.of("policy", 7));
    Command ship = expectOne("DO ship");
    assertThat(ship.payload()).containsEntry("policy", 7);
    succeed(ship);
    expectFlow(
        FlowStatus.COMPLETED, StepStatus.DO_SUCCESS, StepStatus.DO_SUCCESS, StepStatus.DO_SUCCESS);
  }

  @Test
  void aStepWhoseConditionIsFalseIsPassedOverAndTheNextOneIsNot() {
    begin("shipOrder", Map.of("amount", 100));
    succeed(expectOne("DO reserve"));
    succeed(expectOne("DO ship"));
    expectFlow(
        FlowStatus.COMPLETED, StepStatus.DO_SUCCESS, StepStatus.NOT_TAKEN, StepStatus.DO_SUCCESS);
    assertThat(driver.audit(FLOW)).contains("STEP_NOT_TAKEN insure");
  }

  @Test
  void aStepThatIsNotTakenIsNotUndone() {
    begin("shipOrder", Map.of("amount", 1));
    succeed(expectOne("DO reserve"));
    failForGood(expectOne("DO ship"));
    succeed(expectOne("UNDO reserve"));
    expectFlow(FlowStatus.UNDONE, StepStatus.UNDO_SUCCESS, StepStatus.NOT_TAKEN, StepStatus.FAILED);
  }

  @Test
  void aConditionThatFailsTurnsTheFlowBack() {
    begin("shipOrder", Map.of("order", 7));
    succeed(expectOne("DO reserve"));
    succeed(expectOne("UNDO reserve"));
    expectFlow(FlowStatus.UNDONE, StepStatus.UNDO_SUCCESS, StepStatus.FAILED, StepStatus.PENDING);
    assertThat(flow().reason()).contains("\"amount\" is not in payload");
  }

  private static final String AFTER_PIVOT =
      """
      orchestrationName: pay
      steps:
        - { name: charge, pivot: true, undo: none }
        - { name: thank, when: payload.amount > 10, undo: none }
        - { name: close, undo: none }
      """;

  private void parkAtThank() {
    beginOf(AFTER_PIVOT, Map.of("order", 7));
    succeed(expectOne("DO charge"));
    expect();
    expectParked(ParkReason.FORWARD_EXHAUSTED);
  }

  @Test
  void afterAPivotAConditionThatFailsParksAndIsResolvedAsTaken() {
    parkAtThank();
    control(ControlAction.RESOLVE, "thank", Map.of("taken", true));
    succeed(expectOne("DO thank"));
    succeed(expectOne("DO close"));
    assertThat(flow().status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void aFailedConditionIsResolvedAsNotTaken() {
    parkAtThank();
    control(ControlAction.RESOLVE, "thank", Map.of("taken", false));
    succeed(expectOne("DO close"));
    expectFlow(
        FlowStatus.COMPLETED, StepStatus.DO_SUCCESS, StepStatus.NOT_TAKEN, StepStatus.DO_SUCCESS);
  }

  @Test
  void aFailedConditionIsRetriedOrSkipped() {
    parkAtThank();
    control(ControlAction.RETRY, "thank", Map.of());
    expect();
    expectParked(ParkReason.FORWARD_EXHAUSTED);
    control(ControlAction.RETRY, "thank", Map.of("amount", 3));
    assertThat(driver.audit(FLOW))
        .anyMatch(entry -> entry.contains("RETRY it without payload, or with true or false"));
    control(ControlAction.SKIP, "thank", Map.of());
    succeed(expectOne("DO close"));
    assertThat(flow().status()).isEqualTo(FlowStatus.COMPLETED);
  }

  // --- input, result, undo ----------------------------------------------------------------------

  @Test
  void inputResultAndUndoInputAreComputed() {
    begin("bookRoom", Map.of("room", "12a", "text", "{{ 1 }}"));
    succeed(expectOne("DO quote"), Map.of("price", 80, "trace", "long"));
    Command book = expectOne("DO book");
    assertThat(book.payload()).isEqualTo(Map.of("room", "12a", "price", 80));
    succeed(book, Map.of("reference", "r-1", "trace", "long"));
    Command pay = expectOne("DO pay");
    assertThat(pay.payload())
        .isEqualTo(Map.of("room", "12a", "text", "{{ 1 }}", "price", 80, "reference", "r-1"));
    failForGood(pay);
    Command undo = expectOne("UNDO book");
    assertThat(undo.payload()).isEqualTo(Map.of("reference", "r-1", "effect", "DONE"));
    succeed(undo);
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void aRetrySendsTheSameInputAgain() {
    begin("bookRoom", Map.of("room", "12a"));
    succeed(expectOne("DO quote"), Map.of("price", 80));
    Command first = expectOne("DO book");
    driver.fail(FLOW, first, Echo.COMMAND_ID, "busy", "NO_EFFECT");
    driver.pass(Duration.ofSeconds(2));
    Command second = expectOne("DO book");
    assertThat(second.payload()).isEqualTo(first.payload());
    assertThat(second.attempt()).isEqualTo(2);
    succeed(second, Map.of("reference", "r-1"));
    succeed(expectOne("DO pay"));
    assertThat(flow().status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void anInputThatCannotBeComputedSendsNothing() {
    begin("bookRoom", Map.of("floor", 1));
    succeed(expectOne("DO quote"), Map.of("price", 80));
    expect();
    expectFlow(FlowStatus.UNDONE, StepStatus.DO_SUCCESS, StepStatus.FAILED, StepStatus.PENDING);
    assertThat(flow().reason()).contains("\"room\" is not in payload");
  }

  @Test
  void aResultThatCannotBeComputedIsOfWorkThatIsDoneAndIsUndone() {
    begin("bookRoom", Map.of("room", "12a"));
    succeed(expectOne("DO quote"), Map.of("price", 80));
    succeed(expectOne("DO book"), Map.of("ref", "r-1"));
    Command undo = expectOne("UNDO book");
    assertThat(undo.payload()).isEqualTo(Map.of("reference", "unknown", "effect", "DONE"));
    succeed(undo);
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
    assertThat(flow().reason()).contains("\"reference\" is not in result");
  }

  @Test
  void anUndoThatCannotBeComputedParksAndFollowsAnOperator() {
    beginOf(
        """
        orchestrationName: book
        steps:
          - name: room
            undo: { input: { id: "{{ payload.id }}" } }
          - name: pay
        """,
        Map.of("order", 7));
    succeed(expectOne("DO room"));
    failForGood(expectOne("DO pay"));
    expect();
    expectParked(ParkReason.UNDO_FAILED);
    control(ControlAction.RETRY, "room", Map.of());
    expect();
    expectParked(ParkReason.UNDO_FAILED);
    control(ControlAction.RETRY, "room", Map.of("id", 3));
    Command undo = expectOne("UNDO room");
    assertThat(undo.payload()).isEqualTo(Map.of("id", 3));
    succeed(undo);
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
  }

  // --- set, validate ----------------------------------------------------------------------------

  @Test
  void setMakesAResultWithoutAWorker() {
    begin(
        "invoice",
        Map.of(
            "lines",
            List.of(Map.of("quantity", 2, "price", 5), Map.of("quantity", 1, "price", 3))));
    Command send = expectOne("DO send");
    assertThat(send.payload()).containsEntry("net", 13).containsEntry("currency", "EUR");
    succeed(send);
    expectFlow(FlowStatus.COMPLETED, StepStatus.DO_SUCCESS, StepStatus.DO_SUCCESS);
  }

  @Test
  void rulesThatHoldLetTheFlowBy() {
    begin("transfer", Map.of("amount", 10, "iban", "DE1"));
    succeed(expectOne("DO hold"));
    succeed(expectOne("DO book"));
    assertThat(flow().status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void everyBrokenRuleIsReportedAndTheFlowTurnsBack() {
    begin("transfer", Map.of("amount", 20_000));
    succeed(expectOne("DO hold"));
    succeed(expectOne("UNDO hold"));
    expectFlow(FlowStatus.UNDONE, StepStatus.UNDO_SUCCESS, StepStatus.FAILED, StepStatus.PENDING);
    assertThat(flow().reason()).contains("amount 20000 is out of range").contains("iban");
  }

  // --- onFailure --------------------------------------------------------------------------------

  @Test
  void theFlowGoesOnWithoutAStepThatMayFail() {
    begin("welcome", Map.of("user", 7));
    succeed(expectOne("DO createAccount"));
    failForGood(expectOne("DO sendMail"));
    succeed(expectOne("DO askSupport"));
    expectFlow(
        FlowStatus.COMPLETED, StepStatus.DO_SUCCESS, StepStatus.GIVEN_UP, StepStatus.DO_SUCCESS);
    assertThat(driver.audit(FLOW)).anyMatch(entry -> entry.startsWith("STEP_GIVEN_UP sendMail"));
  }

  @Test
  void aStepThatMayFailAndDoesNotIsAnOrdinaryOne() {
    begin("welcome", Map.of("user", 7));
    succeed(expectOne("DO createAccount"));
    succeed(expectOne("DO sendMail"));
    expectFlow(
        FlowStatus.COMPLETED, StepStatus.DO_SUCCESS, StepStatus.DO_SUCCESS, StepStatus.NOT_TAKEN);
  }

  @Test
  void aSuccessAfterTheStepIsGivenUpIsOnlyListed() {
    begin("welcome", Map.of("user", 7));
    succeed(expectOne("DO createAccount"));
    Command mail = expectOne("DO sendMail");
    failForGood(mail);
    Command support = expectOne("DO askSupport");
    succeed(mail, Map.of("mailed", true));
    assertThat(flow().steps().get(1).status()).isEqualTo(StepStatus.GIVEN_UP);
    assertThat(flow().steps().get(1).result()).isNull();
    succeed(support);
    assertThat(flow().status()).isEqualTo(FlowStatus.COMPLETED);
  }

  // --- choice -----------------------------------------------------------------------------------

  private void rate(int score) {
    begin("loan", Map.of("order", 7));
    succeed(expectOne("DO rate"), Map.of("score", score));
  }

  @Test
  void aChoiceTakesTheFirstBranchThatMatches() {
    rate(900);
    succeed(expectOne("DO approve"));
    succeed(expectOne("DO notify"));
    succeed(expectOne("DO archive"));
    expectFlow(
        FlowStatus.COMPLETED,
        StepStatus.DO_SUCCESS,
        StepStatus.DO_SUCCESS,
        StepStatus.DO_SUCCESS,
        StepStatus.DO_SUCCESS,
        StepStatus.NOT_TAKEN,
        StepStatus.DO_SUCCESS);
    assertThat(flow().steps().get(1).branch()).isZero();
  }

  @Test
  void theOtherBranchesAreNotTaken() {
    rate(500);
    Command review = expectOne("DO review");
    assertThat(flow().steps().get(2).status()).isEqualTo(StepStatus.NOT_TAKEN);
    assertThat(flow().steps().get(3).status()).isEqualTo(StepStatus.NOT_TAKEN);
    succeed(review);
    failForGood(expectOne("DO archive"));
    succeed(expectOne("UNDO review"));
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void anElseMayDoNothing() {
    rate(1);
    succeed(expectOne("DO archive"));
    assertThat(flow().status()).isEqualTo(FlowStatus.COMPLETED);
    assertThat(flow().steps().get(1).branch()).isEqualTo(2);
  }

  private static final String NO_ELSE =
      """
      orchestrationName: route
      steps:
        - { name: charge, pivot: true, undo: none }
        - name: way
          choice:
            - { when: payload.way == 'left', do: [ { name: left, undo: none } ] }
            - { when: payload.way == 'right', do: [ { name: right, undo: none } ] }
        - { name: close, when: steps.way.branch >= 0, undo: none }
      """;

  @Test
  void aChoiceWithoutMatchFailsAndAnOperatorNamesABranch() {
    beginOf(NO_ELSE, Map.of("way", "up"));
    succeed(expectOne("DO charge"));
    expect();
    expectParked(ParkReason.FORWARD_EXHAUSTED);
    control(ControlAction.RESOLVE, "way", Map.of("branch", 2));
    assertThat(driver.audit(FLOW)).anyMatch(entry -> entry.contains("no branch 2"));
    control(ControlAction.RESOLVE, "way", Map.of("branch", 1));
    succeed(expectOne("DO right"));
    succeed(expectOne("DO close"));
    assertThat(flow().status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void aChoiceThatIsSkippedTakesNoBranch() {
    beginOf(NO_ELSE.replace("steps.way.branch >= 0", "payload.way == 'up'"), Map.of("way", "up"));
    succeed(expectOne("DO charge"));
    expectParked(ParkReason.FORWARD_EXHAUSTED);
    control(ControlAction.SKIP, "way", Map.of());
    succeed(expectOne("DO close"));
    expectFlow(
        FlowStatus.COMPLETED,
        StepStatus.DO_SUCCESS,
        StepStatus.SKIPPED,
        StepStatus.NOT_TAKEN,
        StepStatus.NOT_TAKEN,
        StepStatus.DO_SUCCESS);
  }

  // --- parallel ---------------------------------------------------------------------------------

  @Test
  void lanesRunSideBySideAndNeverMoreThanAllowed() {
    begin("trip", Map.of("to", "Rome"));
    List<Command> first = expect("DO hotel", "DO flight");
    Command hotel = first.get(0).step().equals("hotel") ? first.get(0) : first.get(1);
    Command flight = first.get(0).step().equals("hotel") ? first.get(1) : first.get(0);
    succeed(flight, Map.of("flight", 1));
    Command seat = expectOne("DO seat");
    assertThat(seat.payload()).containsEntry("flight", 1);
    succeed(hotel, Map.of("hotel", 1));
    Command car = expectOne("DO car");
    assertThat(car.payload()).isEqualTo(Map.of("to", "Rome"));
    succeed(seat);
    expect();
    succeed(car);
    Command confirm = expectOne("DO confirm");
    assertThat(confirm.payload()).containsEntry("hotel", 1).containsEntry("flight", 1);
    succeed(confirm);
    assertThat(flow().status()).isEqualTo(FlowStatus.COMPLETED);
  }

  // --- the orchestration ------------------------------------------------------------------------

  @Test
  void aStartWithAnotherPayloadIsRejected() {
    begin("order", Map.of("amount", "much"));
    expect();
    assertThat(flow().status()).isEqualTo(FlowStatus.REJECTED);
    assertThat(flow().reason()).contains("id").contains("/amount");
  }

  @Test
  void aStartWithTheRightPayloadRuns() {
    begin("order", Map.of("id", "o-1", "amount", 21));
    Command charge = expectOne("DO charge");
    assertThat(charge.payload()).containsEntry("total", 42);
    succeed(charge);
    assertThat(flow().status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void aStartThatWaitsForItsDefinitionIsCheckedWhenItIsFound() {
    Orchestration order = compiled(example("order"));
    driver.start(FLOW, "order", Map.of("id", "o-1", "amount", 21));
    driver.start("flow-2", "order", Map.of("amount", "much"));
    expect();
    driver.register(order);
    driver.pass(Duration.ofSeconds(3));

    assertThat(driver.flow("flow-2").status()).isEqualTo(FlowStatus.REJECTED);
    assertThat(driver.flow("flow-2").reason()).contains("/amount");
    succeed(expectOne("DO charge"));
    assertThat(flow().status()).isEqualTo(FlowStatus.COMPLETED);
  }
}

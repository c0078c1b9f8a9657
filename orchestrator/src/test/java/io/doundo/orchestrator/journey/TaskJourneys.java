package io.doundo.orchestrator.journey;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.ControlOutcome;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.TaskState;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.util.RawValue;

/** Flows with tasks: the two examples, and tasks in general. */
public abstract class TaskJourneys {

  private static final String FLOW = "flow-1";
  private static final Map<String, Object> PURCHASE =
      Map.of("item", "laptop", "amount", 1200, "buyer", "eve", "manager", "ann");
  private static final Map<String, Object> DOCUMENT =
      Map.of("title", "Handbook", "author", "eve", "reviewers", List.of("ann", "editors"));
  private static final Map<String, Object> APPROVED = Map.of("approved", true);

  protected JourneyDriver driver;
  private @Nullable Orchestration orchestration;

  protected abstract JourneyDriver driver();

  @BeforeEach
  void open() {
    driver = driver();
  }

  @AfterEach
  void close() {
    driver.close();
  }

  // --- the words of a journey -------------------------------------------------------------------

  /** Starts a flow of an example, whose hours and days are seconds here. */
  private void begin(String file, Map<String, Object> payload) {
    try {
      String document = Files.readString(Path.of("..", "registration-examples", file));
      // The topology ticks through the passing time.
      beginOf(document.replaceAll("(timeout|due): (\\d+)[hd]", "$1: $2s"), payload);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void beginOf(String document, Map<String, Object> payload) {
    CompiledRegistration compiled =
        RegistrationCompiler.compile(document.getBytes(UTF_8), Map.of());
    assertThat(compiled.problems()).isEmpty();
    Orchestration defined = ((Defined) compiled.results().get(0)).orchestration();
    orchestration = defined;
    driver.register(defined);
    driver.start(FLOW, defined.name(), payload);
  }

  private Command expect(String command) {
    List<Command> sent = driver.takeCommands();
    assertThat(sent).extracting(one -> one.action() + " " + one.step()).containsExactly(command);
    return sent.get(0);
  }

  private void expectNothing() {
    assertThat(driver.takeCommands()).isEmpty();
  }

  private Command succeed(String expected) {
    Command command = expect(expected);
    driver.succeed(FLOW, command, Echo.COMMAND_ID, Map.of());
    return command;
  }

  private FlowState flow() {
    return driver.flow(FLOW);
  }

  private StepState step(String name) {
    return flow().steps().get(Objects.requireNonNull(orchestration).indexOf(name));
  }

  private TaskState task(String name) {
    return Objects.requireNonNull(step(name).task());
  }

  private void expectEnd(FlowStatus status) {
    expectNothing();
    assertThat(flow().status()).isEqualTo(status);
  }

  private void complete(String id, String task, String by, Map<String, Object> answer) {
    driver.signalVerified(FLOW, id, task, by, answer);
  }

  private @Nullable String refusalOf(String id) {
    FlowState flow = flow();
    ControlOutcome outcome = flow.notes().outcomeOf(id);
    return Objects.requireNonNull(outcome == null ? flow.signals().outcomeOf(id) : outcome, id)
        .refusal();
  }

  // --- approval with escalation and a second, shorter wait --------------------------------------

  @Test
  void aPurchaseIsApprovedInTime() {
    begin("approval-registration.yaml", PURCHASE);
    succeed("DO reserveBudget");
    assertThat(step("approval").status()).isEqualTo(StepStatus.WAITING);
    TaskState task = task("approval");
    assertThat(task.title()).isEqualTo("Approve laptop for eve: 1200 EUR");
    assertThat(task.assignee()).isEqualTo("ann");
    assertThat(task.dueAt() - step("approval").startedAt()).isEqualTo(8_000);
    complete("c-1", "approval", "ann", APPROVED);
    succeed("DO order");
    expectEnd(FlowStatus.COMPLETED);
    assertThat(step("secondApproval").status()).isEqualTo(StepStatus.NOT_TAKEN);
    assertThat(driver.audit(FLOW))
        .contains("SIGNAL_TAKEN approval signal approval [c-1] by ann is taken")
        .anyMatch(
            entry ->
                entry.startsWith(
                    "STEP_WAITING approval for task \"Approve laptop for eve: 1200 EUR\", assignee"
                        + " ann, until"));
  }

  @Test
  void aRejectedPurchaseGivesTheBudgetBack() {
    begin("approval-registration.yaml", PURCHASE);
    succeed("DO reserveBudget");
    complete("c-1", "approval", "ann", Map.of("approved", false, "comment", "too dear"));
    succeed("UNDO reserveBudget");
    expectEnd(FlowStatus.UNDONE);
    assertThat(flow().reason()).contains("laptop is not approved by ann");
  }

  @Test
  void aDirectorApprovesWhenTheManagerDoesNotDecide() {
    begin("approval-registration.yaml", PURCHASE);
    succeed("DO reserveBudget");
    driver.pass(Duration.ofSeconds(24));
    succeed("DO tellDirectors");
    assertThat(step("approval").status()).isEqualTo(StepStatus.GIVEN_UP);
    assertThat(step("approval").error()).isEqualTo("task approval was not completed within 24 s");
    assertThat(task("secondApproval").candidates()).containsExactly("directors");
    complete("c-1", "approval", "ann", APPROVED);
    assertThat(refusalOf("c-1")).isEqualTo("no step waits for it any more");
    complete("c-2", "secondApproval", "dora", APPROVED);
    succeed("DO order");
    expectEnd(FlowStatus.COMPLETED);
  }

  @Test
  void whatNobodyDecidesIsUndone() {
    begin("approval-registration.yaml", PURCHASE);
    succeed("DO reserveBudget");
    driver.pass(Duration.ofSeconds(24));
    succeed("DO tellDirectors");
    driver.pass(Duration.ofSeconds(4));
    succeed("UNDO reserveBudget");
    expectEnd(FlowStatus.UNDONE);
    assertThat(step("secondApproval").status()).isEqualTo(StepStatus.FAILED);
  }

  @Test
  void aPurchaseIsUndoneFromEachOfItsPlaces() {
    begin("approval-registration.yaml", PURCHASE);
    succeed("DO reserveBudget");
    driver.control(FLOW, ControlAction.CANCEL, null, Map.of());
    succeed("UNDO reserveBudget");
    expectEnd(FlowStatus.UNDONE);
    assertThat(step("approval").status()).isEqualTo(StepStatus.NOT_TAKEN);
    assertThat(task("approval").assignee()).as("a withdrawn task is shown").isEqualTo("ann");
  }

  @Test
  void anEscalatedPurchaseIsUndone() {
    begin("approval-registration.yaml", PURCHASE);
    succeed("DO reserveBudget");
    driver.pass(Duration.ofSeconds(24));
    Command telling = expect("DO tellDirectors");
    driver.control(FLOW, ControlAction.CANCEL, null, Map.of());
    driver.succeed(FLOW, telling, Echo.COMMAND_ID, Map.of());
    succeed("UNDO reserveBudget");
    expectEnd(FlowStatus.UNDONE);
  }

  @Test
  void anOrderedPurchaseIsUndone() {
    begin("approval-registration.yaml", PURCHASE);
    succeed("DO reserveBudget");
    complete("c-1", "approval", "ann", APPROVED);
    succeed("DO order");
    driver.control(FLOW, ControlAction.UNDO, null, Map.of());
    succeed("UNDO order");
    succeed("UNDO reserveBudget");
    expectEnd(FlowStatus.UNDONE);
  }

  /** The API checks the right before it sends the record. */
  @Test
  void whoIsNoLongerAskedCannotCompleteATask() {
    begin("approval-registration.yaml", PURCHASE);
    driver.completeAs(FLOW, "c-0", "approval", List.of("ann"), APPROVED);
    assertThat(refusalOf("c-0")).as("early").isEqualTo("task approval is not open; it is PENDING");
    succeed("DO reserveBudget");
    driver.assign(FLOW, "a-1", "approval", "bob");
    driver.completeAs(FLOW, "c-1", "approval", List.of("ann", "buyers"), APPROVED);
    assertThat(refusalOf("c-1"))
        .isEqualTo("CHANGED_MEANWHILE: task approval is not for ann or buyers any more");
    assertThat(step("approval").status()).isEqualTo(StepStatus.WAITING);
    driver.completeAs(FLOW, "c-2", "approval", List.of("ann", "bob"), APPROVED);
    succeed("DO order");
    expectEnd(FlowStatus.COMPLETED);
    driver.completeAs(FLOW, "c-3", "approval", List.of("bob"), APPROVED);
    assertThat(flow().status()).isEqualTo(FlowStatus.COMPLETED);
  }

  // --- a document review with a form ------------------------------------------------------------

  @Test
  void anAcceptedDocumentIsPublished() {
    begin("document-review-registration.yaml", DOCUMENT);
    succeed("DO storeDraft");
    assertThat(task("review").candidates()).containsExactly("ann", "editors");
    complete("c-1", "review", "ann", Map.of("verdict", "accept"));
    assertThat(succeed("DO publish").payload())
        .isEqualTo(Map.of("title", "Handbook", "reviewer", "ann"));
    succeed("DO closeReview");
    expectEnd(FlowStatus.COMPLETED);
  }

  @Test
  void theAuthorOfAReturnedDocumentIsReported() {
    begin("document-review-registration.yaml", DOCUMENT);
    succeed("DO storeDraft");
    complete("c-1", "review", "ann", Map.of("verdict", "return", "comment", "no index"));
    assertThat(succeed("DO tellAuthor").payload()).containsEntry("comment", "no index");
    succeed("DO closeReview");
    expectEnd(FlowStatus.COMPLETED);
  }

  @Test
  void anAnswerThatDoesNotFitTheFormIsRefusedHoweverItComes() {
    begin("document-review-registration.yaml", DOCUMENT);
    succeed("DO storeDraft");
    complete("c-1", "review", "ann", Map.of("verdict", "perhaps"));
    driver.signal(FLOW, "c-2", "review", "ann", Map.of("verdict", "return"));
    assertThat(refusalOf("c-1")).startsWith("its payload does not fit the form: /verdict");
    assertThat(refusalOf("c-2"))
        .startsWith("its payload does not fit the form")
        .contains("comment");
    assertThat(step("review").status()).isEqualTo(StepStatus.WAITING);
    complete("c-3", "review", "ann", Map.of("verdict", "accept"));
    expect("DO publish");
  }

  @Test
  void aDocumentThatNobodyReviewsIsWithdrawn() {
    begin("document-review-registration.yaml", DOCUMENT);
    succeed("DO storeDraft");
    driver.pass(Duration.ofSeconds(5));
    succeed("UNDO storeDraft");
    expectEnd(FlowStatus.UNDONE);
  }

  @Test
  void aPublishedDocumentIsUndone() {
    begin("document-review-registration.yaml", DOCUMENT);
    succeed("DO storeDraft");
    complete("c-1", "review", "ann", Map.of("verdict", "accept"));
    succeed("DO publish");
    Command closing = expect("DO closeReview");
    driver.failForGood(FLOW, closing, Echo.COMMAND_ID, "no");
    succeed("UNDO publish");
    succeed("UNDO storeDraft");
    expectEnd(FlowStatus.UNDONE);
  }

  // --- tasks ------------------------------------------------------------------------------------

  @Test
  void theFirstAnswerCountsAndTheSecondIsRefused() {
    begin("document-review-registration.yaml", DOCUMENT);
    succeed("DO storeDraft");
    complete("c-1", "review", "ann", Map.of("verdict", "accept"));
    complete("c-2", "review", "bob", Map.of("verdict", "return", "comment", "no"));
    assertThat(refusalOf("c-1")).isNull();
    assertThat(refusalOf("c-2")).isEqualTo("no step waits for it any more");
    expect("DO publish");
  }

  private static final String SIGNED =
      """
      orchestrationName: signed
      steps:
        - name: sign
          task: { title: "{{ payload.title }}", assignee: "{{ payload.who }}", candidates: ["{{ payload.team }}"], form: { properties: { note: { const: "{{ payload.who }}" } } } }
          accept: "signal.verified"
          timeout: 10s
          onTimeout: escalate
        - name: file
          undo: none
          input: { note: "{{ steps.sign.result.note }}", by: "{{ steps.sign.by }}" }
      """;

  @Test
  void aSignalThatOnlyClaimsItsSenderIsRefusedWhereAVerifiedOneIsAsked() {
    beginOf(SIGNED, Map.of("title", "Sign", "who", "ann", "team", "law"));
    driver.signal(FLOW, "s-1", "sign", "ann", Map.of("verified", true));
    assertThat(refusalOf("s-1")).isEqualTo("step sign does not accept it");
    complete("c-1", "sign", "ann", Map.of("note", "{{ payload.who }}"));
    assertThat(expect("DO file").payload())
        .isEqualTo(Map.of("note", "{{ payload.who }}", "by", "ann"));
  }

  @Test
  void bracesThatComeInAPayloadAreNeverEvaluated() {
    String braces = "{{ payload.secret }}";
    beginOf(
        SIGNED,
        Map.of("title", braces, "who", braces, "team", braces, "secret", "must not appear"));
    assertThat(task("sign").title()).isEqualTo(braces);
    assertThat(task("sign").assignee()).isEqualTo(braces);
    assertThat(task("sign").candidates()).containsExactly(braces);
    // The form is a schema, not a template: text in braces is literal, and the answer must match
    // it.
    complete("c-1", "sign", braces, Map.of("note", braces));
    assertThat(refusalOf("c-1")).startsWith("its payload does not fit the form");
    complete("c-2", "sign", braces, Map.of("note", "{{ payload.who }}"));
    assertThat(expect("DO file").payload())
        .isEqualTo(Map.of("note", "{{ payload.who }}", "by", braces));
    assertThat(driver.audit(FLOW)).noneMatch(entry -> entry.contains("must not appear"));
  }

  @Test
  void aTaskThatCannotBeDescribedFailsBeforeAnybodyIsAsked() {
    Map<String, Object> payload = new HashMap<>(Map.of("title", "Sign", "team", "law"));
    payload.put("who", List.of("ann", "bob"));
    beginOf(SIGNED, payload);
    expectEnd(FlowStatus.UNDONE);
    assertThat(step("sign").error()).startsWith("the assignee of the task is no name");
  }

  /** A number that is JSON, but that no reader of trees can hold. */
  private static final RawValue BEYOND = new RawValue("1e9999999992");

  @Test
  void anAnswerWithANumberBeyondAllBoundsIsRefusedAndTheTaskStaysOpen() {
    beginOf(SIGNED, Map.of("title", "Sign", "who", "ann", "team", "law"));
    complete("c-1", "sign", "ann", Map.of("amount", BEYOND));
    assertThat(refusalOf("c-1")).contains("the value cannot be read");
    assertThat(step("sign").status()).isEqualTo(StepStatus.WAITING);
    complete("c-2", "sign", "ann", Map.of("note", "{{ payload.who }}"));
    expect("DO file");
  }

  @Test
  void aKeptAnswerWithSuchANumberIsRefusedWhenItsTaskIsAsked() {
    beginOf(
        """
        orchestrationName: late
        steps:
          - name: prepare
          - name: sign
            task: { title: Sign, form: { type: object } }
        """,
        Map.of("a", 1));
    complete("c-1", "sign", "ann", Map.of("amount", BEYOND));
    assertThat(refusalOf("c-1")).isNull();
    succeed("DO prepare");
    assertThat(refusalOf("c-1")).contains("the value cannot be read");
    assertThat(step("sign").status()).isEqualTo(StepStatus.WAITING);
  }

  @Test
  void anAssigneeThatIsSuchANumberFailsTheTask() {
    beginOf(SIGNED, Map.of("title", "Sign", "who", BEYOND, "team", "law"));
    expectEnd(FlowStatus.UNDONE);
    assertThat(step("sign").error()).contains("the value cannot be read");
  }

  @Test
  void aTaskIsAssignedToSomebodyElse() {
    beginOf(SIGNED, Map.of("title", "Sign", "who", "ann", "team", "law"));
    driver.assign(FLOW, "a-1", "sign", "bob");
    assertThat(task("sign").assignee()).isEqualTo("bob");
    driver.assign(FLOW, "a-2", "sign", "");
    driver.assign(FLOW, "a-1", "sign", "bob");
    assertThat(task("sign").assignee()).as("a-1 is not carried out again").isNull();
    driver.assign(FLOW, "a-3", "sign", "");
    assertThat(refusalOf("a-3")).isEqualTo("task sign is already for nobody in particular");
    driver.assign(FLOW, "a-4", "file", "bob");
    assertThat(refusalOf("a-4")).isEqualTo("step file is not a task");
    driver.assign(FLOW, "a-5", "sgin", "bob");
    assertThat(refusalOf("a-5")).isEqualTo("the orchestration has no step sgin");
    assertThat(driver.audit(FLOW))
        .contains(
            "TASK_ASSIGNED sign from ann to bob by operator",
            "TASK_ASSIGNED sign from bob to nobody in particular by operator");
    complete("c-1", "sign", "ann", Map.of("note", "{{ payload.who }}"));
    expect("DO file");
    driver.assign(FLOW, "a-6", "sign", "bob");
    assertThat(refusalOf("a-6")).isEqualTo("task sign is not open; it is DO_SUCCESS");
  }

  @Test
  void anEscalatedTaskParksTheFlowAndIsAskedAgain() {
    beginOf(SIGNED, Map.of("title", "Sign", "who", "ann", "team", "law"));
    driver.assign(FLOW, "a-1", "sign", "bob");
    driver.pass(Duration.ofSeconds(10));
    assertThat(flow().status()).isEqualTo(FlowStatus.PARKED);
    assertThat(flow().parkReason()).isEqualTo(ParkReason.ESCALATED);
    driver.control(FLOW, ControlAction.RETRY, "sign", Map.of());
    assertThat(task("sign").assignee()).as("as the document says").isEqualTo("ann");
    complete("c-1", "sign", "ann", Map.of("note", "{{ payload.who }}"));
    expect("DO file");
  }

  @Test
  void aTaskIsResolvedByAnOperator() {
    beginOf(SIGNED, Map.of("title", "Sign", "who", "ann", "team", "law"));
    driver.control(FLOW, ControlAction.RESOLVE, "sign", Map.of("note", "by hand"));
    assertThat(expect("DO file").payload()).isEqualTo(Map.of("note", "by hand", "by", "operator"));
  }

  // --- the four eyes ----------------------------------------------------------------------------

  private static final String FOUR_EYES =
      """
      orchestrationName: fourEyes
      steps:
        - name: plan
        - name: first
          task: { title: "Approve {{ payload.plan }}", candidates: [managers] }
          accept: signal.verified && signal.by != payload.submittedBy
        - name: second
          task: { title: "Countersign {{ payload.plan }}", candidates: [managers] }
          accept: signal.verified && signal.by != payload.submittedBy && signal.by != steps.first.by
        - name: publish
          undo: none
      """;

  @Test
  void theSubmitterApprovesNeitherFirstNorSecondNorOverKafka() {
    beginOf(FOUR_EYES, Map.of("plan", "A", "submittedBy", "eve"));
    succeed("DO plan");
    complete("c-1", "first", "eve", Map.of("by", "ann", "approved", true));
    driver.signal(FLOW, "s-1", "first", "ann", APPROVED);
    assertThat(refusalOf("c-1")).isEqualTo("step first does not accept it");
    assertThat(refusalOf("s-1")).isEqualTo("step first does not accept it");
    complete("c-2", "first", "ann", APPROVED);
    complete("c-3", "second", "eve", APPROVED);
    assertThat(refusalOf("c-3")).isEqualTo("step second does not accept it");
    complete("c-4", "second", "ann", APPROVED);
    assertThat(refusalOf("c-4")).isEqualTo("step second does not accept it");
    driver.signal(FLOW, "s-2", "second", "bob", APPROVED);
    assertThat(refusalOf("s-2")).isEqualTo("step second does not accept it");
    expectNothing();
    complete("c-5", "second", "bob", APPROVED);
    succeed("DO publish");
    expectEnd(FlowStatus.COMPLETED);
  }
}

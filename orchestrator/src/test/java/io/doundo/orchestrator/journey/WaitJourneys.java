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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.util.RawValue;

/** Flows that wait for a time or a signal. Each driver runs all of them. */
public abstract class WaitJourneys {

  private static final String FLOW = "flow-1";

  private static final Pattern EXAMPLE =
      Pattern.compile("```yaml\\n(orchestrationName: (\\w+)\\n.*?)```", Pattern.DOTALL);

  protected JourneyDriver driver;

  protected abstract JourneyDriver driver();

  @BeforeEach
  void openStage() {
    driver = driver();
  }

  @AfterEach
  void closeStage() {
    driver.close();
  }

  // --- the words of a journey -------------------------------------------------------------------

  /** Starts a flow of an example of docs/vocabulary.md. */
  private void begin(String example, Map<String, Object> payload) {
    // The topology ticks through the passing time, so hours are seconds here.
    beginOf(example(example).replaceAll("timeout: (\\d+)h", "timeout: $1s"), payload);
  }

  private void beginOf(String document, Map<String, Object> payload) {
    CompiledRegistration compiled =
        RegistrationCompiler.compile(document.getBytes(UTF_8), Map.of());
    assertThat(compiled.problems()).isEmpty();
    Orchestration orchestration = ((Defined) compiled.results().get(0)).orchestration();
    driver.register(orchestration);
    driver.start(FLOW, orchestration.name(), payload);
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
    driver.succeed(FLOW, command, Echo.COMMAND_ID, Map.of());
  }

  private FlowState flow() {
    return driver.flow(FLOW);
  }

  private void expectFlow(FlowStatus status, StepStatus... steps) {
    assertThat(flow().status()).isEqualTo(status);
    assertThat(flow().steps()).extracting(StepState::status).containsExactly(steps);
  }

  private void signal(String id, String name, String by) {
    driver.signal(FLOW, id, name, by, Map.of("said", by));
  }

  private @Nullable String refusalOf(String id) {
    return Objects.requireNonNull(flow().signals().outcomeOf(id)).refusal();
  }

  // --- wait, until ------------------------------------------------------------------------------

  @Test
  void aFlowWaitsForALengthOfTimeAndThenUntilAPoint() {
    begin("reminder", Map.of("seconds", 3, "dueAt", "1970-01-01T00:00:00+01:00"));
    expect();
    expectFlow(FlowStatus.IN_PROGRESS, StepStatus.WAITING, StepStatus.PENDING, StepStatus.PENDING);
    driver.pass(Duration.ofSeconds(2));
    expect();
    driver.pass(Duration.ofSeconds(1));
    succeed(expectOne("DO remind"));
    expectFlow(
        FlowStatus.COMPLETED, StepStatus.DO_SUCCESS, StepStatus.DO_SUCCESS, StepStatus.DO_SUCCESS);
  }

  @Test
  void aLengthThatIsNoneFailsTheWait() {
    begin("reminder", Map.of("seconds", "x", "dueAt", "1970-01-01T00:00:00Z"));
    expectFlow(FlowStatus.UNDONE, StepStatus.FAILED, StepStatus.PENDING, StepStatus.PENDING);
    assertThat(flow().steps().get(0).error()).contains("\"xs\", which is no duration");
  }

  @Test
  void aNumberBeyondAllBoundsFailsTheWait() {
    Map<String, Object> payload = Map.of("until", new RawValue("1e9999999992"));
    beginOf(
        """
        orchestrationName: beyond
        steps:
          - name: hold
            until: "{{ payload.until }}"
        """,
        payload);
    expectFlow(FlowStatus.UNDONE, StepStatus.FAILED);
    assertThat(flow().steps().get(0).error()).contains("the value cannot be read");
  }

  @Test
  void aNumberBeyondAllBoundsInsideATextFailsTheWait() {
    begin("reminder", Map.of("seconds", new RawValue("1e9999999992"), "dueAt", "x"));
    expectFlow(FlowStatus.UNDONE, StepStatus.FAILED, StepStatus.PENDING, StepStatus.PENDING);
    assertThat(flow().steps().get(0).error()).contains("the value cannot be read");
  }

  // --- signal -----------------------------------------------------------------------------------

  @Test
  void aSignalIsTheResultAndItsSenderIsKnown() {
    begin("approval", Map.of("submittedBy", "eve"));
    signal("s-1", "approved", "ann");
    Command publish = expectOne("DO publish");
    assertThat(publish.payload()).isEqualTo(Map.of("approvedBy", "ann", "said", "ann"));
    succeed(publish);
    assertThat(flow().status()).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.audit(FLOW))
        .contains("SIGNAL_TAKEN approval signal approved [s-1] by ann is taken")
        .anyMatch(
            entry -> entry.startsWith("STEP_WAITING approval for the signal approved, until"));
  }

  @Test
  void anApprovalNeedsNoPayload() {
    begin("approval", Map.of("submittedBy", "eve"));
    driver.signal(FLOW, "s-1", "approved", "ann", null);
    Command publish = expectOne("DO publish");
    assertThat(publish.payload()).isEqualTo(Map.of("approvedBy", "ann", "said", ""));
    succeed(publish);
    expectFlow(
        FlowStatus.COMPLETED,
        StepStatus.DO_SUCCESS,
        StepStatus.DO_SUCCESS,
        StepStatus.NOT_TAKEN,
        StepStatus.NOT_TAKEN,
        StepStatus.DO_SUCCESS);
  }

  @Test
  void theSubmitterCannotApproveHisOwnPlan() {
    begin("approval", Map.of("submittedBy", "eve"));
    signal("s-1", "approved", "eve");
    expect();
    assertThat(refusalOf("s-1")).isEqualTo("step approval does not accept it");
    signal("s-1", "approved", "eve");
    signal("s-2", "approved", "ann");
    signal("s-2", "approved", "ann");
    succeed(expectOne("DO publish"));
    assertThat(driver.audit(FLOW).stream().filter(entry -> entry.startsWith("SIGNAL_")))
        .containsExactly(
            "SIGNAL_REFUSED approval signal approved [s-1] by eve refused: step approval does not"
                + " accept it",
            "SIGNAL_TAKEN approval signal approved [s-2] by ann is taken");

    signal("s-3", "approved", "ann");
    assertThat(flow().status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void aSecondShorterWaitFollowsAnEscalation() {
    begin("approval", Map.of("submittedBy", "eve"));
    driver.pass(Duration.ofSeconds(24));
    succeed(expectOne("DO escalate"));
    signal("s-1", "approved", "bob");
    Command publish = expectOne("DO publish");
    assertThat(publish.payload()).containsEntry("approvedBy", "bob");
    succeed(publish);
    expectFlow(
        FlowStatus.COMPLETED,
        StepStatus.DO_SUCCESS,
        StepStatus.GIVEN_UP,
        StepStatus.DO_SUCCESS,
        StepStatus.DO_SUCCESS,
        StepStatus.DO_SUCCESS);
  }

  @Test
  void withoutAnyApprovalTheFlowIsUndone() {
    begin("approval", Map.of("submittedBy", "eve"));
    driver.pass(Duration.ofSeconds(24));
    succeed(expectOne("DO escalate"));
    driver.pass(Duration.ofSeconds(4));
    succeed(expectOne("UNDO escalate"));
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void earlySignalsAreKeptAndServeTheStepsInOrder() {
    begin("countersigned", Map.of());
    Command draft = expectOne("DO draft");
    for (int i = 1; i <= 40; i++) {
      signal("s-" + i, "signed", "p" + i);
    }
    assertThat(flow().signals().kept()).hasSize(32);
    succeed(draft);

    Command file = expectOne("DO file");
    assertThat(file.payload()).containsEntry("first", "p1").containsEntry("second", "p2");
    assertThat(flow().signals().kept()).isEmpty();
    succeed(file);
    assertThat(flow().status()).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.audit(FLOW).stream().filter(entry -> entry.startsWith("SIGNAL_REFUSED")))
        .hasSize(38);
  }

  private static final String TWO_OFFICES =
      """
      orchestrationName: offices
      type: parallel
      steps:
        - name: north
          signal: signed
          accept: "signal.by == 'nora'"
        - name: south
          signal: signed
          accept: "signal.by == 'sam'"
          timeout: 5s
          onTimeout: escalate
      """;

  @Test
  void eachOfTwoStepsThatWaitForOneNameTakesTheSignalsThatItAccepts() {
    beginOf(TWO_OFFICES, Map.of());
    signal("s-1", "signed", "eve");
    assertThat(refusalOf("s-1")).isEqualTo("step south does not accept it");
    signal("s-2", "signed", "sam");
    expectFlow(FlowStatus.IN_PROGRESS, StepStatus.WAITING, StepStatus.DO_SUCCESS);
    signal("s-3", "signed", "nora");
    expectFlow(FlowStatus.COMPLETED, StepStatus.DO_SUCCESS, StepStatus.DO_SUCCESS);
    assertThat(driver.audit(FLOW).stream().filter(entry -> entry.startsWith("SIGNAL_")))
        .containsExactly(
            "SIGNAL_KEPT north signal signed [s-1] by eve is left to other steps: step north does"
                + " not accept it",
            "SIGNAL_REFUSED south signal signed [s-1] by eve refused: step south does not accept it",
            "SIGNAL_KEPT north signal signed [s-2] by sam is left to other steps: step north does"
                + " not accept it",
            "SIGNAL_TAKEN south signal signed [s-2] by sam is taken",
            "SIGNAL_TAKEN north signal signed [s-3] by nora is taken");
  }

  @Test
  void anEscalatedWaitIsFoundByAnOperatorThoughAnotherStepWaits() {
    beginOf(TWO_OFFICES, Map.of());
    driver.pass(Duration.ofSeconds(5));
    expectFlow(FlowStatus.PARKED, StepStatus.WAITING, StepStatus.FAILED);
    assertThat(flow().parkReason()).isEqualTo(ParkReason.ESCALATED);
    signal("s-1", "signed", "nora");
    expectFlow(FlowStatus.PARKED, StepStatus.DO_SUCCESS, StepStatus.FAILED);
    driver.control(FLOW, ControlAction.RETRY, "south", Map.of());
    expectFlow(FlowStatus.IN_PROGRESS, StepStatus.DO_SUCCESS, StepStatus.WAITING);
    signal("s-2", "signed", "sam");
    expectFlow(FlowStatus.COMPLETED, StepStatus.DO_SUCCESS, StepStatus.DO_SUCCESS);
  }

  @Test
  void turningBackWithdrawsAWaitAndRefusesWhatIsKept() {
    begin("countersigned", Map.of());
    succeed(expectOne("DO draft"));
    signal("s-1", "sined", "ann");
    assertThat(refusalOf("s-1")).contains("only for signed");
    driver.control(FLOW, ControlAction.CANCEL, null, Map.of());
    Command undo = expectOne("UNDO draft");
    signal("s-2", "signed", "ann");
    assertThat(refusalOf("s-2")).contains("is being undone");
    succeed(undo);
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
    assertThat(flow().steps().get(1).status()).isEqualTo(StepStatus.NOT_TAKEN);
  }
}

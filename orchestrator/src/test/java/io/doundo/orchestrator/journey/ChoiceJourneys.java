package io.doundo.orchestrator.journey;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.journey.JourneyDriver.Command;
import io.doundo.orchestrator.journey.JourneyDriver.Echo;
import io.doundo.protocol.ControlAction;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Flows with choices and parallel blocks. Each driver runs all of them. */
public abstract class ChoiceJourneys {

  private static final String FLOW = "flow-1";

  private static final String ROUTE =
      """
      - name: rate
      - name: route
        choice:
          - when: "steps.rate.result.score > 700"
            do: [ { name: express }, { name: tell } ]
          - { when: "payload.amount < 50", do: [ { name: plain } ] }
          - { else: [ { name: review } ] }
      - name: ship
      """;

  private JourneyDriver driver;
  private @Nullable Orchestration definition;

  protected abstract JourneyDriver driver();

  @BeforeEach
  void openDriver() {
    driver = driver();
  }

  @AfterEach
  void closeDriver() {
    driver.close();
  }

  private void begin(String steps, Map<String, Object> payload) {
    begin("sequential", steps, payload);
  }

  private void begin(String type, String steps, Map<String, Object> payload) {
    String document = "orchestrationName: order\ntype: " + type + "\nsteps:\n" + steps.indent(2);
    CompiledRegistration compiled =
        RegistrationCompiler.compile(document.getBytes(UTF_8), Map.of());
    assertThat(compiled.problems()).isEmpty();
    Orchestration begun = ((Defined) compiled.results().get(0)).orchestration();
    definition = begun;
    driver.register(begun);
    driver.start(FLOW, begun.name(), payload);
  }

  /** Exactly these commands were sent since the last check, in any order, as {@code DO step}. */
  private List<Command> expect(String... commands) {
    List<Command> sent = driver.takeCommands();
    assertThat(sent)
        .extracting(command -> command.action() + " " + command.step())
        .containsExactlyInAnyOrder(commands);
    return sent;
  }

  private void succeed(String command, Map<String, Object> result) {
    driver.succeed(FLOW, expect(command).get(0), Echo.NOTHING, result);
  }

  private void succeed(String command) {
    succeed(command, Map.of());
  }

  private FlowState flow() {
    return driver.flow(FLOW);
  }

  /** The status of each step that has left its initial status. */
  private Map<String, StepStatus> steps() {
    Orchestration begun = Objects.requireNonNull(definition, "begin first");
    Map<String, StepStatus> steps = new LinkedHashMap<>();
    for (int i = 0; i < flow().steps().size(); i++) {
      if (flow().steps().get(i).status() != StepStatus.PENDING) {
        steps.put(begun.steps().get(i).name(), flow().steps().get(i).status());
      }
    }
    return steps;
  }

  private void expectFlow(FlowStatus status) {
    assertThat(flow().status()).isEqualTo(status);
  }

  @Test
  void theFirstBranchWhoseConditionIsTrueIsTakenAndNoOther() {
    begin(ROUTE, Map.of("amount", 10));
    succeed("DO rate", Map.of("score", 701));

    assertThat(steps())
        .containsEntry("route", StepStatus.DO_SUCCESS)
        .containsEntry("express", StepStatus.IN_PROGRESS)
        .containsEntry("plain", StepStatus.NOT_TAKEN)
        .containsEntry("review", StepStatus.NOT_TAKEN);
    succeed("DO express");
    succeed("DO tell");
    succeed("DO ship");
    expectFlow(FlowStatus.COMPLETED);
    assertThat(driver.audit(FLOW))
        .anySatisfy(entry -> assertThat(entry).startsWith("STEP_NOT_TAKEN review"))
        .anySatisfy(
            entry -> assertThat(entry).startsWith("STEP_SUCCESS route").contains("branch 0"));
  }

  @Test
  void laterBranchesAreForWhatTheEarlierOnesAreNot() {
    begin(ROUTE, Map.of("amount", 10));
    succeed("DO rate", Map.of("score", 700));
    succeed("DO plain");
    succeed("DO ship");
    expectFlow(FlowStatus.COMPLETED);
  }

  @Test
  void elseIsForAllOtherCases() {
    begin(ROUTE, Map.of("amount", 50));
    succeed("DO rate", Map.of("score", 700));
    succeed("DO review");
    succeed("DO ship");
    expectFlow(FlowStatus.COMPLETED);
  }

  @Test
  void aChoiceWithoutMatchAndWithoutElseFailsItsStep() {
    begin(
        """
        - name: first
        - name: route
          choice: [ { when: "payload.amount > 5", do: [ { name: a } ] } ]
        - name: last
        """,
        Map.of("amount", 1));
    succeed("DO first");
    succeed("UNDO first");

    expectFlow(FlowStatus.UNDONE);
    assertThat(steps()).containsEntry("route", StepStatus.FAILED).doesNotContainKey("a");
    assertThat(flow().reason()).contains("no branch of the choice matches, and it has no else");
  }

  @Test
  void aConditionThatCannotBeEvaluatedTurnsTheFlowBack() {
    begin(ROUTE, Map.of());
    succeed("DO rate", Map.of("score", 1));
    succeed("UNDO rate");

    expectFlow(FlowStatus.UNDONE);
    assertThat(flow().reason()).contains("\"amount\" is not in payload");
  }

  @Test
  void stepsNotTakenAreNotUndone() {
    begin(ROUTE, Map.of("amount", 10));
    succeed("DO rate", Map.of("score", 900));
    succeed("DO express");
    Command tell = expect("DO tell").get(0);
    driver.control(FLOW, ControlAction.CANCEL, null, Map.of());
    driver.succeed(FLOW, tell, Echo.NOTHING, Map.of());
    succeed("UNDO tell");
    succeed("UNDO express");
    succeed("UNDO rate");

    expectFlow(FlowStatus.UNDONE);
    assertThat(steps()).containsEntry("review", StepStatus.NOT_TAKEN);
  }

  @Test
  void noStepOfAChoiceInABranchNotTakenIsTaken() {
    begin(
        """
        - name: outer
          choice:
            - when: "payload.x"
              do:
                - name: inner
                  choice: [ { when: "payload.y", do: [ { name: a } ] }, { else: [ { name: b } ] } ]
                - name: c
            - { else: [] }
        - name: last
        """,
        Map.of("x", false));

    assertThat(steps())
        .containsEntry("inner", StepStatus.NOT_TAKEN)
        .containsEntry("a", StepStatus.NOT_TAKEN)
        .containsEntry("b", StepStatus.NOT_TAKEN)
        .containsEntry("c", StepStatus.NOT_TAKEN);
    succeed("DO last");
    expectFlow(FlowStatus.COMPLETED);
  }

  @Test
  void anInnerChoiceIsMadeWhenItIsReached() {
    begin(
        """
        - name: outer
          choice:
            - when: "payload.x"
              do:
                - name: first
                - name: inner
                  choice:
                    - { when: "steps.first.result.y", do: [ { name: a } ] }
                    - { else: [ { name: b } ] }
        - name: behind
          choice: [ { when: "steps.outer.branch == 0 && has(steps.inner.branch)", do: [ { name: c } ] } ]
        """,
        Map.of("x", true));
    succeed("DO first", Map.of("y", true));
    assertThat(steps()).containsEntry("b", StepStatus.NOT_TAKEN);
    succeed("DO a");
    succeed("DO c");
    expectFlow(FlowStatus.COMPLETED);
  }

  /** A step of a branch not taken is passed at once, whatever else it depends on. */
  @Test
  void aStepOfAnotherBranchIsNotTakenInTheDecisionThatChooses() {
    begin(
        "graph",
        """
        - name: slow
        - name: route
          choice:
            - { when: "payload.x", do: [ { name: a, dependsOn: [slow] } ] }
            - { else: [ { name: b } ] }
        """,
        Map.of("x", false));

    assertThat(steps()).containsEntry("a", StepStatus.NOT_TAKEN);
    List<Command> sent = expect("DO slow", "DO b");
    sent.forEach(command -> driver.succeed(FLOW, command, Echo.NOTHING, Map.of()));
    expectFlow(FlowStatus.COMPLETED);
  }

  /** A pause holds back commands, and these steps send none. */
  @Test
  void branchesArePassedOverDuringAPauseToo() {
    begin(ROUTE, Map.of("amount", 10));
    expect("DO rate");
    driver.control(FLOW, ControlAction.PAUSE, null, Map.of());
    driver.control(FLOW, ControlAction.SKIP, "route", Map.of());

    assertThat(steps())
        .containsEntry("express", StepStatus.NOT_TAKEN)
        .containsEntry("plain", StepStatus.NOT_TAKEN)
        .containsEntry("review", StepStatus.NOT_TAKEN);
  }

  private void parkAtChoice() {
    begin(
        """
        - { name: pay, pivot: true }
        - name: route
          choice:
            - { when: "payload.nope == 1", do: [ { name: a } ] }
            - { when: "payload.nope == 2", do: [ { name: b } ] }
            - { else: [] }
        - name: last
        """,
        Map.of("amount", 1));
    succeed("DO pay");
    expectFlow(FlowStatus.PARKED);
    assertThat(flow().parkReason()).isEqualTo(ParkReason.FORWARD_EXHAUSTED);
    assertThat(steps()).containsEntry("route", StepStatus.FAILED);
  }

  @Test
  void behindThePivotAnOperatorNamesTheBranch() {
    parkAtChoice();
    driver.control(FLOW, ControlAction.RESOLVE, "route", Map.of("branch", 3));
    driver.control(FLOW, ControlAction.RESOLVE, "route", Map.of("result", Map.of("x", 1)));
    driver.control(FLOW, ControlAction.RESOLVE, "pay", Map.of("branch", 0));
    expect();
    assertThat(driver.audit(FLOW))
        .anySatisfy(
            entry ->
                assertThat(entry).contains("step route has the branches 0 to 2, and no branch 3"))
        .anySatisfy(
            entry -> assertThat(entry).contains("RESOLVE it with {\"branch\": n}, or SKIP it"));

    driver.control(FLOW, ControlAction.RESOLVE, "route", Map.of("branch", 1));
    assertThat(steps()).containsEntry("a", StepStatus.NOT_TAKEN);
    succeed("DO b");
    succeed("DO last");
    expectFlow(FlowStatus.COMPLETED);
  }

  @Test
  void aChoiceThatIsSkippedTakesNoBranch() {
    parkAtChoice();
    driver.control(FLOW, ControlAction.SKIP, "route", Map.of());

    assertThat(steps())
        .containsEntry("route", StepStatus.SKIPPED)
        .containsEntry("a", StepStatus.NOT_TAKEN)
        .containsEntry("b", StepStatus.NOT_TAKEN);
    succeed("DO last");
    expectFlow(FlowStatus.COMPLETED);
  }

  @Test
  void aChoiceThatIsRetriedIsMadeAgain() {
    parkAtChoice();
    driver.control(FLOW, ControlAction.RETRY, "route", Map.of());
    expect();
    expectFlow(FlowStatus.PARKED);
    assertThat(driver.audit(FLOW))
        .filteredOn(entry -> entry.startsWith("STEP_FAILED route"))
        .hasSize(2);
  }

  @Test
  void aBranchIsNamedOnlyOnceItsChoiceHasFailed() {
    begin(ROUTE, Map.of("amount", 10));
    Command rate = expect("DO rate").get(0);
    driver.control(FLOW, ControlAction.RESOLVE, "route", Map.of("branch", 2));
    assertThat(driver.audit(FLOW))
        .anySatisfy(entry -> assertThat(entry).contains("the choice route has not failed"));
    driver.succeed(FLOW, rate, Echo.NOTHING, Map.of("score", 900));
    expect("DO express");
  }

  @Test
  void aPivotIsOnePointOfNoReturnOnlyInTheBranchThatIsTaken() {
    String steps =
        """
        - name: first
        - name: route
          choice:
            - { when: "payload.paid", do: [ { name: ship } ] }
            - { else: [ { name: pay, pivot: true } ] }
        - name: last
        """;
    begin(steps, Map.of("paid", true));
    succeed("DO first");
    succeed("DO ship");
    Command last = expect("DO last").get(0);
    driver.control(FLOW, ControlAction.CANCEL, null, Map.of());
    driver.succeed(FLOW, last, Echo.NOTHING, Map.of());
    succeed("UNDO last");
    succeed("UNDO ship");
    succeed("UNDO first");
    expectFlow(FlowStatus.UNDONE);
  }

  @Test
  void noMoreLanesThanAllowedRunAtOnce() {
    begin(
        """
        - parallel: [ { name: a }, [ { name: b }, { name: c } ], { name: d }, { name: e } ]
          atOnce: 2
        - name: last
        """,
        Map.of("order", 7));
    List<Command> first = expect("DO a", "DO b");
    driver.succeed(FLOW, first.get(1), Echo.NOTHING, Map.of("b", 1));
    Command c = expect("DO c").get(0);
    assertThat(c.payload()).containsOnlyKeys("order", "b");
    driver.succeed(FLOW, first.get(0), Echo.NOTHING, Map.of("a", 1));
    Command d = expect("DO d").get(0);
    assertThat(d.payload()).containsOnlyKeys("order");
    driver.succeed(FLOW, c, Echo.NOTHING, Map.of("c", 1));
    Command e = expect("DO e").get(0);
    assertThat(e.payload()).containsOnlyKeys("order");
    driver.succeed(FLOW, d, Echo.NOTHING, Map.of("d", 1));
    expect();
    driver.succeed(FLOW, e, Echo.NOTHING, Map.of("e", 1));
    Command last = expect("DO last").get(0);
    assertThat(last.payload()).containsOnlyKeys("order", "a", "b", "c", "d", "e");
  }

  @Test
  void theWayBackKeepsTheOrderOfTheLanes() {
    begin("- { parallel: [ { name: a }, { name: b } ], atOnce: 1 }\n- name: last", Map.of());
    succeed("DO a");
    succeed("DO b");
    driver.failForGood(FLOW, expect("DO last").get(0), Echo.NOTHING, "broken");
    succeed("UNDO b");
    succeed("UNDO a");
    expectFlow(FlowStatus.UNDONE);
  }
}

package io.doundo.orchestrator.play;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static io.doundo.orchestrator.journey.TestDefinitions.parallel;
import static io.doundo.orchestrator.journey.TestDefinitions.policy;
import static io.doundo.orchestrator.journey.TestDefinitions.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.CoreJourneyDriver;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.journey.JourneyDriver.Command;
import io.doundo.orchestrator.journey.JourneyDriver.Echo;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.KnownEffect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UndoPlannerTest {

  private static final String FLOW = "flow-1";

  private static final Presence SERVED =
      new Presence(Map.of("a", List.of(new Presence.Declared("svc", Instant.EPOCH))));

  private final CoreJourneyDriver driver = new CoreJourneyDriver();

  private void start(Orchestration definition, int answered) {
    driver.register(definition);
    driver.start(FLOW, definition.name(), Map.of("order", 7));
    for (int i = 0; i < answered; i++) {
      Command next = driver.takeCommands().get(0);
      driver.succeed(FLOW, next, Echo.ATTEMPT, Map.of(next.step(), "done"));
    }
  }

  private UndoPlan plan() {
    return UndoPlanner.plan(
        driver.definitionOf(FLOW), driver.flow(FLOW), driver.now(), SERVED, driver.evaluations());
  }

  private static List<List<String>> names(UndoPlan plan) {
    return plan.stages().stream()
        .map(stage -> stage.stream().map(UndoPlan.Undone::step).toList())
        .toList();
  }

  @Test
  void aChainIsUndoneInReverse() {
    start(chain("order", "a", "b", "c"), 2);
    Command open = driver.takeCommands().get(0);
    driver.fail(FLOW, open, Echo.ATTEMPT, "no", "NO_EFFECT");

    UndoPlan plan = plan();

    assertThat(plan.possible()).isTrue();
    assertThat(plan.refusal()).isNull();
    assertThat(plan.note()).isNull();
    assertThat(names(plan)).containsExactly(List.of("b"), List.of("a"));
    UndoPlan.Undone first = plan.stages().get(0).get(0);
    assertThat(first.knows()).isEqualTo(KnownEffect.DONE);
    assertThat(first.served()).isFalse();
    assertThat(plan.stages().get(1).get(0).served()).isTrue();
    assertThat(first.dispatch()).isEqualTo("immediate");
    assertThat(first.commandId()).hasSize(32);
    assertThat(plan.drain()).isEmpty();
    assertThat(plan.leftStanding()).isEmpty();
    assertThat(plan.untouched())
        .containsExactly(new UndoPlan.Reason("c", "it failed without effect"));
  }

  @Test
  void aStepInFlightIsDrainedAndItsCommandIsNotPromised() {
    start(parallel("order", "a", "b"), 1);

    UndoPlan plan = plan();

    assertThat(plan.drain()).extracting(UndoPlan.Drained::step).containsExactly("b");
    assertThat(plan.drain().get(0).until()).isAfter(Instant.ofEpochMilli(driver.now()));
    assertThat(names(plan)).containsExactly(List.of("a"), List.of("b"));
    UndoPlan.Undone drained = plan.stages().get(1).get(0);
    assertThat(drained.knows()).isEqualTo(KnownEffect.UNKNOWN);
    assertThat(drained.commandId()).isNull();
    assertThat(drained.dependsOn()).containsExactly("result of b");
  }

  @Test
  void anUndoThatIsComputedFromAnUnknownResultIsNotPromisedEither() {
    Orchestration order =
        with(
            chain("order", "a"),
            "a",
            s ->
                new Step(
                    s.name(),
                    s.seq(),
                    s.dependsOn(),
                    s.work(),
                    s.attempts(),
                    new UndoRule.Own(false, "{\"id\": \"{{ result.id }}\"}"),
                    false));
    start(order, 0);

    UndoPlan plan =
        UndoPlanner.plan(
            order,
            driver.flow(FLOW),
            driver.now(),
            SERVED,
            new StoredValues(
                Map.of(
                    driver.flow(FLOW).origin().payload().digest(),
                    "{\"order\":7}".getBytes(StandardCharsets.UTF_8)),
                1_000_000));

    assertThat(plan.stages()).hasSize(1);
    assertThat(plan.stages().get(0).get(0).commandId()).isNull();
    assertThat(plan.stages().get(0).get(0).dependsOn()).containsExactly("result of a");
  }

  @Test
  void anUndoThatCannotBeComputedIsSaidBefore() {
    Orchestration order =
        with(
            chain("order", "a", "b"),
            "b",
            s ->
                new Step(
                    s.name(),
                    s.seq(),
                    s.dependsOn(),
                    s.work(),
                    s.attempts(),
                    new UndoRule.Own(false, "{\"id\": \"{{ result.id }}\"}"),
                    false));
    start(order, 2);

    UndoPlan plan =
        UndoPlanner.plan(
            order,
            driver.flow(FLOW),
            driver.now(),
            SERVED,
            (definition, state, asked) -> new Evaluation.Failed("there is no id"));

    assertThat(plan.stages()).isEmpty();
    assertThat(plan.note()).contains("then waits for an operator").contains("there is no id");
    assertThat(plan.untouched())
        .containsExactly(
            new UndoPlan.Reason("a", "its turn does not come"),
            new UndoPlan.Reason("b", "its UNDO needs an operator: there is no id"));
  }

  @Test
  void whatHasNoUndoIsLeftStanding() {
    start(with(chain("order", "a", "b"), "b", TestDefinitions::withoutUndo), 2);

    UndoPlan plan = plan();

    assertThat(names(plan)).containsExactly(List.of("a"));
    assertThat(plan.leftStanding()).containsExactly(new UndoPlan.Reason("b", "it has no UNDO"));
    assertThat(plan.untouched()).isEmpty();
    assertThat(plan.tooLateAt())
        .isEqualTo(Instant.ofEpochMilli(driver.now()).plus(Duration.ofHours(24)));
  }

  @Test
  void pastThePivotThereIsNoWayBack() {
    start(with(chain("order", "a", "b", "c"), "b", TestDefinitions::pivot), 2);

    UndoPlan plan = plan();

    assertThat(plan.possible()).isFalse();
    assertThat(plan.refusal()).contains("the pivot b has succeeded");
    assertThat(plan.stages()).isEmpty();
    assertThat(plan.leftStanding()).isEmpty();
    assertThat(plan.untouched()).extracting(UndoPlan.Reason::step).containsExactly("a", "b", "c");
  }

  @Test
  void thePlanOfAPivotInFlightIsThatOfItsFailure() {
    start(with(chain("order", "a", "b", "c"), "b", TestDefinitions::pivot), 1);

    UndoPlan plan = plan();

    assertThat(plan.possible()).isTrue();
    assertThat(plan.note())
        .isEqualTo("The pivot b is awaited first: if it succeeds, nothing is undone.");
    assertThat(plan.drain()).extracting(UndoPlan.Drained::step).containsExactly("b");
    assertThat(names(plan)).containsExactly(List.of("a"));
  }

  @Test
  void aPausedFlowIsUndoneOnceItIsResumed() {
    start(chain("order", "a", "b"), 1);
    driver.control(FLOW, ControlAction.PAUSE, null, Map.of());

    UndoPlan plan = plan();

    assertThat(plan.note()).contains("once it is resumed");
    assertThat(names(plan)).containsExactly(List.of("b"), List.of("a"));
  }

  @Test
  void ofAFlowOnItsWayBackThePlanIsWhatIsLeft() {
    start(with(chain("order", "a", "b"), "b", s -> TestDefinitions.undoRetry(s, policy(1))), 2);
    driver.control(FLOW, ControlAction.UNDO, null, Map.of());

    UndoPlan running = plan();
    assertThat(running.possible()).isFalse();
    assertThat(running.refusal()).isEqualTo("the flow is already being undone");
    assertThat(names(running)).containsExactly(List.of("b"), List.of("a"));
    assertThat(running.stages().get(0).get(0).commandId()).as("it was sent before").isNull();

    driver.fail(FLOW, driver.takeCommands().get(0), Echo.ATTEMPT, "broken", null);
    UndoPlan parked = plan();
    assertThat(parked.note()).contains("begins with a RETRY");
    assertThat(names(parked)).containsExactly(List.of("b"), List.of("a"));
    assertThat(parked.stages().get(0).get(0).commandId()).isNotNull();
  }

  @Test
  void aFlowThatHasNotStartedIsRejected() {
    driver.start(FLOW, "order", Map.of("order", 7));

    UndoPlan plan = plan();

    assertThat(plan.possible()).isTrue();
    assertThat(plan.stages()).isEmpty();
    assertThat(plan.note()).contains("rejected");
  }
}

package io.doundo.orchestrator.core;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.Expectation;
import io.doundo.orchestrator.core.event.FlowEvent.Resolution;
import io.doundo.orchestrator.core.state.ControlOutcome;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.journey.JourneyDriver.Command;
import io.doundo.orchestrator.journey.JourneyDriver.Echo;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.ControlCommand;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How control records are remembered, and their {@code expect}. */
class ControlRegressionTest {

  private static final String FLOW = "flow-1";

  private final CoreJourneyDriver driver = new CoreJourneyDriver();

  @BeforeEach
  void begin() {
    driver.register(chain("order", "reserve", "charge"));
    driver.start(FLOW, "order", Map.of());
  }

  @AfterEach
  void close() {
    driver.close();
  }

  private Decision ask(String id, ControlAction verb, @Nullable Expectation expect) {
    return driver.take(
        FLOW,
        new ControlRequested(
            driver.now(), id, verb, null, null, Resolution.DONE, null, "kim", expect));
  }

  private static @Nullable String refusal(Decision decision) {
    return decision.effects().stream()
        .filter(PublishFlowEvent.class::isInstance)
        .map(PublishFlowEvent.class::cast)
        .filter(entry -> entry.type() == FlowEventType.CONTROL_REFUSED)
        .map(PublishFlowEvent::reason)
        .findFirst()
        .orElse(null);
  }

  private @Nullable ControlOutcome outcomeOf(String id) {
    return driver.flow(FLOW).notes().outcomeOf(id);
  }

  @Test
  void aRefusedControlIsNotCarriedOutWhenItIsRepeated() {
    Command reserve = driver.takeCommands().get(0);
    assertThat(refusal(ask("c", ControlAction.RESUME, null))).contains("the flow is not paused");
    ask("pause", ControlAction.PAUSE, null);
    FlowState paused = driver.flow(FLOW);

    Decision again = ask("c", ControlAction.RESUME, null);

    assertThat(again.effects()).isEmpty();
    assertThat(again.next()).isSameAs(paused);
    assertThat(outcomeOf("c"))
        .isEqualTo(new ControlOutcome(ControlOutcome.idOf("c"), 2, "the flow is not paused"));
    assertThat(outcomeOf("pause"))
        .isEqualTo(new ControlOutcome(ControlOutcome.idOf("pause"), 3, null));
    driver.succeed(FLOW, reserve, Echo.ATTEMPT, Map.of());
    assertThat(driver.takeCommands()).isEmpty();
  }

  @Test
  void theLast64AreRememberedAcceptedAndRefusedAlike() {
    for (int i = 0; i < 33; i++) {
      ask("pause-" + i, i % 2 == 0 ? ControlAction.PAUSE : ControlAction.RESUME, null);
      ask("refused-" + i, i % 2 == 0 ? ControlAction.PAUSE : ControlAction.RESUME, null);
    }
    assertThat(driver.flow(FLOW).notes().controls()).hasSize(64);
    assertThat(outcomeOf("pause-0")).isNull();
    assertThat(outcomeOf("refused-0")).isNull();
    for (int i = 1; i < 33; i++) {
      assertThat(outcomeOf("pause-" + i)).matches(ControlOutcome::accepted, "accepted");
      assertThat(outcomeOf("refused-" + i)).matches(outcome -> !outcome.accepted(), "refused");
      FlowState before = driver.flow(FLOW);
      assertThat(ask("refused-" + i, ControlAction.CANCEL, null).next()).isSameAs(before);
    }
    Stream<String> reasons =
        driver.flow(FLOW).notes().controls().stream()
            .flatMap(outcome -> Stream.ofNullable(outcome.refusal()))
            .filter(reason -> !reason.isEmpty());
    assertThat(reasons).as("only the latest keep their reason").hasSize(2);
  }

  @Test
  void aRequestIsRefusedWhenTheFlowIsNotWhatItsOperatorSaw() {
    int seen = driver.flow(FLOW).transitions();
    Expectation parked = new Expectation(Set.of(FlowStatus.PARKED, FlowStatus.UNDOING), 0);
    assertThat(refusal(ask("a", ControlAction.CANCEL, parked)))
        .isEqualTo(
            "CANCEL refused: CHANGED_MEANWHILE: the flow is IN_PROGRESS, expected was UNDOING or"
                + " PARKED");
    Expectation earlier = new Expectation(Set.of(FlowStatus.IN_PROGRESS), seen);
    assertThat(refusal(ask("b", ControlAction.CANCEL, earlier)))
        .isEqualTo(
            "CANCEL refused: CHANGED_MEANWHILE: the flow's last transition is %d, expected was %d"
                .formatted(seen + 1, seen));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.IN_PROGRESS);
    Expectation now = new Expectation(Set.of(FlowStatus.IN_PROGRESS), seen + 2);
    assertThat(refusal(ask("c", ControlAction.CANCEL, now))).isNull();
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDOING);
  }

  @Test
  void theProtocolKnowsEveryStatusThatCanBeExpected() {
    assertThat(ControlCommand.Expectation.STATUSES)
        .containsExactly(Stream.of(FlowStatus.values()).map(Enum::name).toArray(String[]::new));
  }
}

package io.doundo.orchestrator.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.event.FlowEvent.EngineFailed;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.protocol.ControlAction;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A flow on which the orchestrator fails is parked, even without its definition. */
class EngineFaultTest {

  private static final String FLOW = SampleFlows.FLOW;

  private static CoreJourneyDriver sample(String name) {
    return Objects.requireNonNull(SampleFlows.all().get(name)).get();
  }

  @Test
  void withoutItsDefinitionAFlowIsParkedAsItStands() {
    FlowState state = sample("IN_PROGRESS, step in flight").flow(FLOW);
    Decision decision =
        new FlowDecider()
            .decide(null, state, new EngineFailed(state.times().updatedAt() + 1, "broken"));
    FlowState parked = Objects.requireNonNull(decision.next());
    assertThat(parked.parkReason()).isEqualTo(ParkReason.ENGINE_FAULT);
    assertThat(parked.steps()).isEqualTo(state.steps());
    assertThat(parked.times().wakeAt()).isZero();
    assertThat(parked.transitions()).isEqualTo(state.transitions() + 1);
  }

  @Test
  void aFlowThatWaitsForItsDefinitionIsRejected() {
    CoreJourneyDriver driver = sample("WAITING");
    Decision decision = driver.take(FLOW, new EngineFailed(driver.now(), "broken"));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.REJECTED);
    assertThat(decision.effects()).hasAtLeastOneElementOfType(Effect.RefuseEvent.class);
  }

  @Test
  void anEndedFlowStaysEnded() {
    CoreJourneyDriver driver = sample("COMPLETED");
    FlowState before = driver.flow(FLOW);
    driver.take(FLOW, new EngineFailed(driver.now(), "broken"));
    assertThat(driver.flow(FLOW)).isSameAs(before);
  }

  @Test
  void aRefusedVerbDoesNotTakeTheFlowUp() {
    CoreJourneyDriver driver = sample("PARKED, ENGINE_FAULT on the way back");
    driver.control(FLOW, ControlAction.PAUSE, null, Map.of());
    assertThat(driver.flow(FLOW).parkReason()).isEqualTo(ParkReason.ENGINE_FAULT);
    assertThat(driver.takeCommands()).isEmpty();
  }
}

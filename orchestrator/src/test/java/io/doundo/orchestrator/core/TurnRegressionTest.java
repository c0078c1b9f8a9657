package io.doundo.orchestrator.core;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static io.doundo.orchestrator.journey.TestDefinitions.orchestration;
import static io.doundo.orchestrator.journey.TestDefinitions.parallel;
import static io.doundo.orchestrator.journey.TestDefinitions.step;
import static io.doundo.orchestrator.journey.TestDefinitions.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.GraphType;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.journey.JourneyDriver.Command;
import io.doundo.orchestrator.journey.JourneyDriver.Echo;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.KnownEffect;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A turn may have been read, and its command sent, by a transaction that was aborted. */
class TurnRegressionTest {

  private static final String FLOW = "flow-1";

  private final CoreJourneyDriver stage = new CoreJourneyDriver().withoutCommits();

  private Command next() {
    List<Command> commands = stage.takeCommands();
    assertThat(commands).hasSize(1);
    return commands.get(0);
  }

  private void begin(Orchestration definition) {
    stage.register(definition);
    stage.start(FLOW, definition.name(), Map.of());
  }

  private StepStatus statusOf(int step) {
    return stage.flow(FLOW).steps().get(step).status();
  }

  @Test
  void aCancelWaitsForAnArmedPivot() {
    begin(with(chain("order", "capture", "mail"), "capture", TestDefinitions::pivot));
    assertThat(statusOf(0)).isEqualTo(StepStatus.ARMED);
    stage.control(FLOW, ControlAction.CANCEL, null, Map.of());
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.IN_PROGRESS);
    stage.commit();
    stage.succeed(FLOW, next(), Echo.NOTHING, Map.of());
    assertThat(next().step()).isEqualTo("mail");
    assertThat(stage.audit(FLOW)).anyMatch(entry -> entry.startsWith("FLOW_CANCEL_DROPPED"));
  }

  @Test
  void theTimeoutOfTheFlowWaitsForAnArmedPivot() {
    begin(
        with(
            orchestration(
                "order", GraphType.SEQUENTIAL, List.of(step("capture", 1)), Duration.ofSeconds(10)),
            "capture",
            TestDefinitions::pivot));
    stage.pass(Duration.ofSeconds(11));
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.IN_PROGRESS);
    stage.commit();
    stage.failForGood(FLOW, next(), Echo.NOTHING, "no");
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void anArmedPivotCannotBeSkipped() {
    begin(with(chain("order", "capture", "mail"), "capture", TestDefinitions::pivot));
    stage.control(FLOW, ControlAction.SKIP, "capture", Map.of());
    assertThat(statusOf(0)).isEqualTo(StepStatus.ARMED);
    assertThat(stage.audit(FLOW)).anyMatch(entry -> entry.startsWith("CONTROL_REFUSED"));
  }

  @Test
  void anArmedStepThatIsSkippedMayHaveHadItsEffect() {
    begin(with(chain("order", "reserve", "charge"), "reserve", TestDefinitions::committed));
    stage.control(FLOW, ControlAction.SKIP, "reserve", Map.of());
    stage.failForGood(FLOW, next(), Echo.NOTHING, "no");
    stage.commit();
    Command undo = next();
    assertThat(undo.step()).isEqualTo("reserve");
    assertThat(undo.effect()).isEqualTo(KnownEffect.UNKNOWN);
  }

  @Test
  void aRepairAsksForATurnOfItsOwnWhenTheFlowHadEndedBeforeItsTurnWasReadBack() {
    begin(parallel("both", "reserve", "role"));
    List<Command> sent = stage.takeCommands();
    stage.failForGood(FLOW, sent.get(0), Echo.ATTEMPT, "no");
    stage.fail(FLOW, sent.get(1), Echo.ATTEMPT, "broken", null);
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
    stage.commit();
    stage.succeed(FLOW, sent.get(1), Echo.ATTEMPT, Map.of());
    assertThat(stage.takeCommands()).isEmpty();
    stage.commit();
    stage.succeed(FLOW, next(), Echo.ATTEMPT, Map.of());
    assertThat(stage.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }
}

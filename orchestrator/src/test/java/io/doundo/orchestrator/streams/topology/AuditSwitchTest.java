package io.doundo.orchestrator.streams.topology;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.protocol.Topics;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Flows without an audit log. */
class AuditSwitchTest {

  private static final String FLOW = "flow-1";

  private final TopologyDriver driver = new TopologyDriver(1, 1_000_000, false);

  @BeforeEach
  void start() {
    driver.register(chain("order", "one"));
    driver.send(Topics.EXECUTION_START, FLOW, WireRecords.start("order", FLOW, Map.of("a", 1)));
  }

  @AfterEach
  void close() {
    driver.close();
  }

  @Test
  void aFlowRunsAsEverAndNothingIsWrittenAboutIt() {
    assertThat(driver.take(Topics.doTopic("order", "one"))).hasSize(1);
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "one", "DO", null));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.flow(FLOW).transitions()).isEqualTo(2);
    assertThat(driver.take(Topics.FLOW_EVENTS)).isEmpty();
  }

  @Test
  void aRefusedControlRecordBecomesADeadLetterWithTheReason() {
    driver.send(Topics.CONTROL, FLOW, WireRecords.control(FLOW, "RESUME"));
    assertThat(driver.takeReasons())
        .singleElement()
        .asString()
        .contains("RESUME refused: the flow is not paused");
    assertThat(driver.take(Topics.FLOW_EVENTS)).isEmpty();
  }
}

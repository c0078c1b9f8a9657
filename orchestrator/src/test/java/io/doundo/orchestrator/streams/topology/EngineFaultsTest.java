package io.doundo.orchestrator.streams.topology;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.orchestrator.streams.state.FlowValue;
import io.doundo.orchestrator.streams.state.StoreNames;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A flow on which the engine fails is not lost and does not block others. */
class EngineFaultsTest {

  private static final String FLOW = "flow-1";

  private final TopologyDriver driver = new TopologyDriver();

  @BeforeEach
  void register() {
    driver.register(chain("order", "one", "two"));
  }

  @AfterEach
  void close() {
    driver.close();
  }

  private void start(String flowId) {
    driver.send(Topics.EXECUTION_START, flowId, WireRecords.start("order", flowId, Map.of("a", 1)));
  }

  private void park() {
    start(FLOW);
    driver.failAlways("nobody knows the topics");
    driver.pass(Duration.ofSeconds(31 + 2 + 13));
  }

  @Test
  void aTimerThatFailsAgainAndAgainParksItsFlow() {
    park();
    FlowState flow = driver.flow(FLOW);
    assertThat(flow.status()).isEqualTo(FlowStatus.PARKED);
    assertThat(flow.parkReason()).isEqualTo(ParkReason.ENGINE_FAULT);
    assertThat(flow.reason()).contains("nobody knows the topics");
    assertThat(driver.entries(StoreNames.TIMERS)).isZero();
    assertThat(driver.meters().parked(ParkReason.ENGINE_FAULT)).isEqualTo(1);
    assertThat(driver.takeAudit())
        .last()
        .satisfies(record -> assertThat(record.events().get(0).type()).isEqualTo("FLOW_PARKED"));
  }

  @Test
  void aParkedFlowGoesOnWhenItIsRetried() {
    park();
    driver.recover();
    driver.take(Topics.doTopic("order", "one"));
    driver.send(Topics.CONTROL, FLOW, WireRecords.control(FLOW, "RETRY"));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.IN_PROGRESS);
    driver.pass(Duration.ofSeconds(3));
    assertThat(driver.take(Topics.doTopic("order", "one"))).hasSize(1);
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "one", "DO", Map.of()));
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "two", "DO", Map.of()));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.meters().parked()).isZero();
  }

  @Test
  void anAnswerResumesAParkedFlow() {
    park();
    driver.recover();
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "one", "DO", Map.of()));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.IN_PROGRESS);
    assertThat(driver.take(Topics.doTopic("order", "two"))).hasSize(1);
  }

  @Test
  void aTurnOnWhichTheEngineFailsParksItsFlowOnTheWayBack() {
    start(FLOW);
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "one", "DO", Map.of()));
    driver.failAlways("nobody knows the topics");
    driver.send(Topics.RESPONSE, FLOW, WireRecords.failure(FLOW, "two", "FAIL_STEP"));
    assertThat(driver.flow(FLOW).parkReason()).isEqualTo(ParkReason.ENGINE_FAULT);
    driver.recover();
    driver.send(Topics.CONTROL, FLOW, WireRecords.control(FLOW, "RETRY"));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDOING);
  }

  @Test
  void aStateThatCannotBeReadBecomesADeadLetterAndHoldsUpNobody() {
    start(FLOW);
    byte[] damaged = {FlowValue.FLOW, 1, 100, 'x'};
    driver.damage(FLOW, damaged);
    driver.pass(Duration.ofSeconds(30 + 2 + 13));
    assertThat(driver.entries(StoreNames.TIMERS)).isZero();
    TestRecord<String, byte[]> letter = driver.take(Topics.DEAD_LETTER).get(0);
    assertThat(letter.value()).isEqualTo(damaged);
    assertThat(letter.key()).isEqualTo(FLOW);
    assertThat(driver.row(FLOW)).isEqualTo(damaged);
  }
}

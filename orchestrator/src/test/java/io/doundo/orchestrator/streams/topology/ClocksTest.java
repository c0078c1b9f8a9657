package io.doundo.orchestrator.streams.topology;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An orchestrator whose clock is wrong forgets nothing and repeats nothing: failure table, row 27.
 */
class ClocksTest {

  private static final String FLOW = "flow-1";

  private final TopologyDriver driver = new TopologyDriver();
  private Instant broker = TopologyDriver.BEGIN;

  @BeforeEach
  void register() {
    driver.register(chain("order", "pay"), TopologyDriver.BEGIN.minusSeconds(1));
  }

  @AfterEach
  void close() {
    driver.close();
  }

  private void send(String topic, String flowId, String value) {
    broker = broker.plusMillis(10);
    driver.send(topic, flowId, value.getBytes(StandardCharsets.UTF_8), Map.of(), broker);
  }

  private void start(String flowId) {
    send(Topics.EXECUTION_START, flowId, WireRecords.start("order", flowId, Map.of("a", 1)));
  }

  private void answer(String flowId, String action) {
    send(Topics.RESPONSE, flowId, WireRecords.success(flowId, "pay", action, Map.of()));
  }

  private int commands() {
    return driver.take(Topics.doTopic("order", "pay")).size();
  }

  @Test
  void aClockEightDaysAheadDoesNotFreeUsedFlowIds() {
    start(FLOW);
    answer(FLOW, "DO");
    driver.leap(Duration.ofDays(8));
    start("flow-2");
    answer("flow-2", "DO");
    assertThat(commands()).isEqualTo(2);
    start(FLOW);
    assertThat(commands()).as("the same start again").isZero();
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);
  }

  /** Where clients share one topic, the orchestrator has no other source of the broker's time. */
  @Test
  void whatIsWrittenToTheSharedTopicMovesTheTimeOfTheArchive() {
    start(FLOW);
    answer(FLOW, "DO");
    driver.take(Topics.ARCHIVE);
    driver.leap(Duration.ofDays(3));
    broker = broker.plus(Duration.ofDays(3));
    send(
        Topics.SHARED_EVENT,
        "flow-2",
        "{\"eventType\":\"orchestrator.execution.start\",\"orchestrationName\":\"order\","
            + "\"flowId\":\"flow-2\"}");
    send(
        Topics.SHARED_EVENT,
        "flow-2",
        "{\"headers\":{\"eventType\":\"orchestrator.response.result\",\"flowId\":\"flow-2\","
            + "\"stepName\":\"pay\",\"action\":\"DO\",\"status\":true}}");
    assertThat(driver.flow("flow-2").status()).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.take(Topics.ARCHIVE))
        .singleElement()
        .satisfies(
            archived ->
                assertThat(archived.getRecordTime())
                    .isBetween(broker, broker.plus(Duration.ofHours(1))));
  }

  @Test
  void aClockEightDaysAheadEndsNoUndoWindow() {
    start(FLOW);
    answer(FLOW, "DO");
    driver.leap(Duration.ofDays(8));
    answer(FLOW, "DO");
    assertThat(driver.takeReasons()).isEmpty();
  }

  @Test
  void aFlowHasOneStubAtMostSoThatNoClockDecidesWhichOneCounts() {
    start(FLOW);
    answer(FLOW, "DO");
    assertThat(driver.stubs(FLOW)).isEqualTo(1);
    driver.pass(Duration.ofSeconds(2));
    send(Topics.CONTROL, FLOW, WireRecords.control(FLOW, "UNDO"));
    assertThat(driver.stubs(FLOW)).as("while it is live again").isZero();
    answer(FLOW, "UNDO");
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
    driver.pass(Duration.ofSeconds(2));
    // Refused and recorded: archived again in the same commit.
    send(Topics.CONTROL, FLOW, WireRecords.control(FLOW, "CANCEL"));
    assertThat(driver.stubs(FLOW)).isEqualTo(1);
  }

  @Test
  void aFlowIdUsedAgainAfterARejectionHasNoStubOfItsEarlierLife() {
    send(Topics.EXECUTION_START, FLOW, WireRecords.start("unknown", FLOW, Map.of()));
    driver.pass(Duration.ofSeconds(61));
    assertThat(driver.stubs(FLOW)).isEqualTo(1);
    start(FLOW);
    assertThat(driver.stubs(FLOW)).isZero();
    answer(FLOW, "DO");
    assertThat(driver.stubs(FLOW)).isEqualTo(1);
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);
  }
}

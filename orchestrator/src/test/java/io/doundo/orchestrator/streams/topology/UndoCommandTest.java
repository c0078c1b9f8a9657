package io.doundo.orchestrator.streams.topology;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An UNDO separates the DO's request from its result where the two were merged. */
class UndoCommandTest {

  private static final String FLOW = "flow-1";
  private static final int LIMIT = 200_000;

  private final TopologyDriver driver = new TopologyDriver(1, LIMIT);

  @AfterEach
  void close() {
    driver.close();
  }

  /** The UNDO of a step with this request and result, whose successor failed. */
  private TestRecord<String, byte[]> undo(Map<String, ?> asked, Object returned) {
    driver.register(chain("order", "one", "two"));
    driver.send(Topics.EXECUTION_START, FLOW, WireRecords.start("order", FLOW, asked));
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "one", "DO", returned));
    driver.send(Topics.RESPONSE, FLOW, WireRecords.failure(FLOW, "two", "FAIL_STEP"));
    return driver.take(Topics.undoTopic("order", "one")).get(0);
  }

  private static String payload(TestRecord<String, byte[]> command) {
    String value = new String(command.value(), StandardCharsets.UTF_8);
    return value.substring(value.indexOf("\"payload\":") + 10, value.length() - 1);
  }

  @Test
  void aFieldThatTheResultReplacedIsReportedBesideTheMergedPayload() {
    TestRecord<String, byte[]> undo = undo(Map.of("id", "order-1"), Map.of("id", "pay-9"));

    assertThat(payload(undo)).isEqualTo("{\"id\":\"pay-9\"}");
    assertThat(TopologyDriver.header(undo, RecordHeaders.RESULT_FIELDS)).isEqualTo("[\"id\"]");
    assertThat(TopologyDriver.header(undo, RecordHeaders.REPLACED))
        .isEqualTo("{\"id\":\"order-1\"}");
  }

  @Test
  void aResultThatIsNoObjectHasNoFields() {
    TestRecord<String, byte[]> undo = undo(Map.of("id", "order-1"), "pay-9");

    assertThat(payload(undo)).isEqualTo("{\"id\":\"order-1\"}");
    assertThat(TopologyDriver.header(undo, RecordHeaders.RESULT_FIELDS)).isEqualTo("[]");
    assertThat(TopologyDriver.header(undo, RecordHeaders.REPLACED)).isEmpty();
  }

  @Test
  void anUndoThatWouldBeTooLargeGoesWithoutThem() {
    Map<String, Integer> manyFields = new TreeMap<>();
    for (int i = 0; i < 1_000; i++) {
      manyFields.put("f".repeat(90) + i, i);
    }
    TestRecord<String, byte[]> undo = undo(Map.of("page", "x".repeat(10_000)), manyFields);

    assertThat(payload(undo)).contains("xxx", "fff");
    assertThat(TopologyDriver.header(undo, RecordHeaders.RESULT_FIELDS)).isEmpty();
  }
}

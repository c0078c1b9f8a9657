package io.doundo.orchestrator.streams.topology;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.orchestrator.streams.record.Partitions;
import io.doundo.orchestrator.streams.state.StoreNames;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Records that are too large, topics that are missing, input that is poison. */
class SizesAndFailuresTest {

  private static final String FLOW = "flow-1";
  private static final int LIMIT = 200_000;

  private TopologyDriver driver = new TopologyDriver(1, LIMIT);

  @AfterEach
  void close() {
    driver.close();
  }

  private void start(Object payload) {
    driver.send(Topics.EXECUTION_START, FLOW, WireRecords.start("order", FLOW, payload));
  }

  private void succeed(String step, Object result) {
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, step, "DO", result));
  }

  private static Map<String, String> large(int bytes) {
    return Map.of("large", "x".repeat(bytes));
  }

  private static String reason(TestRecord<String, byte[]> letter) {
    return TopologyDriver.header(letter, RecordHeaders.DEAD_LETTER_REASON);
  }

  @Test
  void aResultThatItsOwnUndoCouldNotCarryCountsAsDoneAndIsUndone() {
    driver.register(chain("order", "one", "two"));
    start(Map.of("a", "x".repeat(100_000)));
    succeed("one", large(100_000));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDOING);
    assertThat(driver.flow(FLOW).steps().get(0).error()).contains("too large");
    assertThat(driver.take(Topics.undoTopic("order", "one"))).hasSize(1);
  }

  /** A result that replaces another one of the same name counts only once. */
  @Test
  void resultsThatReplaceEachOtherAreCountedOnce() {
    String[] steps = {"a", "b", "c", "d", "e", "f"};
    driver.register(chain("order", steps));
    start(Map.of("page", "x".repeat(50_000)));
    for (String step : steps) {
      driver.send(
          Topics.RESPONSE,
          FLOW,
          WireRecords.success(FLOW, step, "DO", Map.of("page", step.repeat(60_000))));
    }
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.take(Topics.doTopic("order", "f")).get(0).value()).hasSizeLessThan(70_000);
    driver.send(Topics.CONTROL, FLOW, WireRecords.control(FLOW, "UNDO"));
    assertThat(driver.take(Topics.undoTopic("order", "f"))).hasSize(1);
  }

  @Test
  void anAnswerTooLargeToBeTakenStillReachesItsFlow() {
    driver.register(chain("order", "one"));
    start(Map.of());
    succeed("one", large(190_000));
    assertThat(driver.flow(FLOW).steps().get(0).error()).contains("too large");
    assertThat(driver.take(Topics.undoTopic("order", "one"))).hasSize(1);
    assertThat(driver.takeReasons()).isEmpty();
  }

  @Test
  void aCommandThatCannotBeSentFailsItsStep() {
    driver.register(
        io.doundo.orchestrator.journey.TestDefinitions.orchestration(
            "order",
            io.doundo.orchestrator.definition.GraphType.GRAPH,
            List.of(
                io.doundo.orchestrator.journey.TestDefinitions.step("a", 1),
                io.doundo.orchestrator.journey.TestDefinitions.step("b", 2),
                io.doundo.orchestrator.journey.TestDefinitions.step("c", 3, "a", "b"))));
    start(Map.of());
    succeed("a", Map.of("a", "x".repeat(110_000)));
    succeed("b", Map.of("b", "x".repeat(110_000)));
    assertThat(driver.take(Topics.doTopic("order", "c"))).isEmpty();
    assertThat(driver.flow(FLOW).steps().get(2).status()).isEqualTo(StepStatus.FAILED);
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDOING);
    assertThat(driver.take(Topics.undoTopic("order", "a"))).hasSize(1);
  }

  @Test
  void aMissingTopicIsTriedAgainAsTheRetryPolicySays() {
    String topic = Topics.doTopic("order", "one");
    driver.register(chain("order", "one"));
    driver.topicMissing(topic);
    start(Map.of());
    assertThat(driver.flow(FLOW).steps().get(0).status()).isEqualTo(StepStatus.DO_FAIL);
    assertThat(driver.flow(FLOW).steps().get(0).error()).contains("does not exist");
    driver.topicCreated(topic);
    driver.pass(Duration.ofMillis(1_100));
    assertThat(driver.take(topic)).hasSize(1);
    succeed("one", Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void aDeadLetterIsTheRecordByteForByte() {
    byte[] poison = {0x00, (byte) 0xC3, 0x28, '{'};
    for (String topic :
        List.of(Topics.EXECUTION_START, Topics.RESPONSE, Topics.CONTROL, Topics.REKEY)) {
      driver.send(topic, "key", poison, Map.of());
      driver.send(topic, null, null, Map.of());
      List<TestRecord<String, byte[]>> letters = driver.take(Topics.DEAD_LETTER);
      assertThat(letters).hasSize(2);
      assertThat(letters.get(0).value()).isEqualTo(poison);
      assertThat(letters.get(0).key()).isEqualTo("key");
      assertThat(reason(letters.get(0))).isNotBlank();
      assertThat(TopologyDriver.header(letters.get(0), RecordHeaders.DEAD_LETTER_TOPIC))
          .isEqualTo(topic);
      assertThat(TopologyDriver.header(letters.get(0), RecordHeaders.DEAD_LETTER_PARTITION))
          .isEqualTo("0");
      assertThat(TopologyDriver.header(letters.get(1), RecordHeaders.DEAD_LETTER_OFFSET))
          .isEqualTo("1");
    }
  }

  @Test
  void aDeadLetterTooLargeForTheBrokerKeepsAPrefixWithHashAndLength() {
    byte[] value = "y".repeat(LIMIT).getBytes(StandardCharsets.UTF_8);
    driver.send(Topics.CONTROL, FLOW, value, Map.of());
    TestRecord<String, byte[]> letter = driver.take(Topics.DEAD_LETTER).get(0);
    assertThat(letter.value()).hasSizeBetween(1, LIMIT - 1);
    assertThat(TopologyDriver.header(letter, RecordHeaders.DEAD_LETTER_LENGTH))
        .isEqualTo(String.valueOf(LIMIT));
    assertThat(TopologyDriver.header(letter, RecordHeaders.DEAD_LETTER_SHA256))
        .matches("[0-9a-f]{64}");
  }

  @Test
  void aFailStepIsAFailureThoughItsStatusClaimsSuccess() {
    driver.register(chain("order", "one"));
    start(Map.of());
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "one", "FAIL_STEP", null));
    assertThat(driver.takeReasons()).isEmpty();
    assertThat(driver.flow(FLOW).steps().get(0).status()).isEqualTo(StepStatus.FAILED);
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void aRecordOfAnotherPartitionHopsOnceWithItsOrigin() {
    driver.close();
    driver = new TopologyDriver(4, LIMIT);
    Partitions partitions = new Partitions(4);
    String elsewhere = "a";
    while (partitions.of(elsewhere) == 0) {
      elsewhere += "a";
    }
    driver.send(Topics.RESPONSE, elsewhere, WireRecords.success(elsewhere, "one", "DO", null));
    // The driver has only one partition, so the moved record arrives at the wrong task again.
    assertThat(driver.take(Topics.DEAD_LETTER))
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(reason(letter)).contains("partition counts");
              assertThat(TopologyDriver.header(letter, RecordHeaders.DEAD_LETTER_TOPIC))
                  .isEqualTo(Topics.RESPONSE);
            });
    assertThat(driver.take(Topics.REKEY)).hasSize(1);
  }

  @Test
  void aFailureInTheComputationLeavesNothingHalfWritten() {
    driver.register(chain("order", "one"));
    driver.failOnce("the catalog is broken");
    start(Map.of("a", 1));
    assertThat(driver.takeReasons())
        .singleElement()
        .asString()
        .contains("internal error while processing this record", "the catalog is broken");
    assertThat(driver.row(FLOW)).isNull();
    assertThat(driver.entries(StoreNames.TIMERS)).isZero();
    start(Map.of("a", 1));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.IN_PROGRESS);
  }
}

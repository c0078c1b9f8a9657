package io.doundo.orchestrator.streams.topology;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static io.doundo.orchestrator.journey.TestDefinitions.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The headers for a fence: since when a command may be visible, and whether a failed DO may leave
 * an effect.
 */
class CommandHeadersTest {

  private static final String FLOW = "flow-1";
  private static final String DO_ONE = Topics.doTopic("order", "one");
  private static final String DO_TWO = Topics.doTopic("order", "two");

  private final TopologyDriver driver = new TopologyDriver();

  @AfterEach
  void close() {
    driver.close();
  }

  private void start(Instant appended) {
    byte[] start = WireRecords.start("order", FLOW, Map.of()).getBytes(StandardCharsets.UTF_8);
    driver.send(Topics.EXECUTION_START, FLOW, start, Map.of(), appended);
  }

  private String visibleSince(String topic) {
    List<TestRecord<String, byte[]>> commands = driver.take(topic);
    assertThat(commands).hasSize(1);
    return TopologyDriver.header(commands.get(0), RecordHeaders.VISIBLE_SINCE);
  }

  private static String millis(Instant time) {
    return Long.toString(time.toEpochMilli());
  }

  @Test
  void aDoMayHaveBeenSeenSinceTheRecordThatLedToItWasAppended() {
    driver.register(chain("order", "one", "two"));
    Instant appended = driver.now();
    driver.leap(Duration.ofHours(2));
    start(appended);
    assertThat(visibleSince(DO_ONE)).isEqualTo(millis(appended));

    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "one", "DO", null));
    assertThat(visibleSince(DO_TWO)).isEqualTo(millis(driver.now()));
  }

  @Test
  void aRetryMayHaveBeenSeenSinceItsDelayWasOver() {
    driver.register(chain("order", "one"));
    start(driver.now());
    driver.take(DO_ONE);
    driver.send(Topics.RESPONSE, FLOW, WireRecords.failure(FLOW, "one", "DO"));
    long due = driver.flow(FLOW).steps().get(0).dueAt();
    driver.leap(Duration.ofHours(2));
    assertThat(visibleSince(DO_ONE)).isEqualTo(Long.toString(due));
  }

  @Test
  void aDoOfAStepThatIsKnownToBeDoneMayHaveBeenSeenAtAnyTime() {
    driver.register(chain("order", "one", "two"));
    start(driver.now());
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "two", "DO", Map.of("made", 1)));
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "one", "DO", null));
    assertThat(visibleSince(DO_TWO)).isEqualTo("0");
  }

  @Test
  void bothCommandsOfAStepSayThatAFailedDoMayLeaveSomething() {
    driver.register(with(chain("order", "one", "two"), "one", TestDefinitions::undoFailed));
    start(driver.now());
    TestRecord<String, byte[]> toDo = driver.take(DO_ONE).get(0);
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "one", "DO", null));
    TestRecord<String, byte[]> other = driver.take(DO_TWO).get(0);
    driver.send(Topics.RESPONSE, FLOW, WireRecords.failure(FLOW, "two", "FAIL_STEP"));
    TestRecord<String, byte[]> undo = driver.take(Topics.undoTopic("order", "one")).get(0);

    assertThat(TopologyDriver.header(toDo, RecordHeaders.UNDO_FAILED)).isEqualTo("true");
    assertThat(TopologyDriver.header(undo, RecordHeaders.UNDO_FAILED)).isEqualTo("true");
    assertThat(TopologyDriver.header(undo, RecordHeaders.VISIBLE_SINCE)).isEmpty();
    assertThat(TopologyDriver.header(other, RecordHeaders.UNDO_FAILED)).isEmpty();
  }
}

package io.doundo.orchestrator.streams.topology;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * After an aborted transaction a task begins again with the stores of the last commit: nothing that
 * it kept in memory may know of what was aborted.
 */
class RevivedTaskTest {

  private static final String FLOW = "flow-1";
  private static final String DO_ONE = Topics.doTopic("order", "one");
  private static final String DO_TWO = Topics.doTopic("order", "two");

  private final TopologyDriver driver = new TopologyDriver();

  @BeforeEach
  void register() {
    driver.register(chain("order", "one", "two"));
  }

  @AfterEach
  void close() {
    driver.close();
  }

  private void start() {
    driver.send(Topics.EXECUTION_START, FLOW, WireRecords.start("order", FLOW, Map.of("a", 1)));
  }

  private void succeed(String step) {
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, step, "DO", Map.of()));
  }

  private String commandId(String topic) {
    List<TestRecord<String, byte[]>> commands = driver.take(topic);
    assertThat(commands).hasSize(1);
    return TopologyDriver.header(commands.get(0), RecordHeaders.COMMAND_ID);
  }

  @Test
  void anAnswerWhoseTransactionWasAbortedIsDecidedAgain() {
    start();
    byte[] committed = Objects.requireNonNull(driver.row(FLOW));
    succeed("one");
    String sent = commandId(DO_TWO);
    driver.damage(FLOW, committed);
    succeed("one");
    assertThat(commandId(DO_TWO)).isEqualTo(sent);
    succeed("two");
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.takeReasons()).isEmpty();
  }

  @Test
  void aStartWhoseTransactionWasAbortedBeginsTheFlowAgain() {
    start();
    commandId(DO_ONE);
    driver.lose(FLOW);
    start();
    commandId(DO_ONE);
    succeed("one");
    assertThat(driver.take(DO_TWO)).hasSize(1);
  }

  @Test
  void anEndWhoseTransactionWasAbortedIsDecidedAgain() {
    start();
    succeed("one");
    byte[] committed = Objects.requireNonNull(driver.row(FLOW));
    succeed("two");
    assertThat(driver.row(FLOW)).isNull();
    driver.damage(FLOW, committed);
    succeed("two");
    assertThat(driver.row(FLOW)).isNull();
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void timersAndAnswersGoOnInTheNextLife() {
    start();
    driver.revive();
    succeed("one");
    driver.revive();
    assertThat(driver.take(DO_TWO)).hasSize(1);
    driver.pass(Duration.ofSeconds(35));
    assertThat(driver.flow(FLOW).steps().get(1).outside().doing().sent())
        .as("its attempt has timed out and was made again")
        .isGreaterThan(1);
  }
}

package io.doundo.orchestrator.streams.topology;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.orchestrator.streams.record.HeldRecords;
import io.doundo.orchestrator.streams.state.StoreNames;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records of flows that do not exist yet. */
class HeldRecordsTest {

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

  private void answer(String step) {
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, step, "DO", null));
  }

  private void start() {
    driver.send(Topics.EXECUTION_START, FLOW, WireRecords.start("order", FLOW, Map.of("a", 1)));
  }

  @Test
  void aRecordThatOvertakesItsStartIsHandledAfterIt() {
    driver.send(Topics.CONTROL, FLOW, WireRecords.control(FLOW, "PAUSE"));
    answer("one");
    assertThat(driver.stored(FLOW)).isNull();
    start();
    assertThat(driver.flow(FLOW).paused()).isTrue();
    assertThat(driver.flow(FLOW).steps().get(0).status()).isEqualTo(StepStatus.DO_SUCCESS);
    assertThat(driver.takeReasons()).isEmpty();
    assertThat(driver.entries(StoreNames.TIMERS)).isLessThanOrEqualTo(1);
    driver.pass(Duration.ofSeconds(31));
    assertThat(driver.takeReasons()).isEmpty();
  }

  @Test
  void withoutAStartItBecomesADeadLetterAfterTheHold() {
    answer("one");
    driver.pass(Duration.ofMillis(29_900));
    assertThat(driver.takeReasons()).isEmpty();
    driver.pass(Duration.ofMillis(200));
    assertThat(driver.takeReasons())
        .singleElement()
        .asString()
        .contains("flow flow-1 is unknown", "30 s");
    assertThat(driver.row(FLOW)).isNull();
    assertThat(driver.entries(StoreNames.TIMERS)).isZero();
    start();
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.IN_PROGRESS);
  }

  @Test
  void onlySoManyAreHeld() {
    for (int i = 0; i < HeldRecords.MAX_RECORDS + 2; i++) {
      answer("one");
    }
    assertThat(driver.takeReasons())
        .hasSize(2)
        .allSatisfy(reason -> assertThat(reason).contains("already held for it"));
  }

  @Test
  void onlySoManyBytesAreHeld() {
    for (int i = 0; i < 4; i++) {
      driver.send(
          Topics.RESPONSE,
          FLOW,
          WireRecords.success(FLOW, "one", "DO", Map.of("big", "x".repeat(300_000))));
    }
    assertThat(driver.takeReasons()).singleElement().asString().contains("would take");
  }

  @Test
  void anUnknownStepIsADeadLetterAtOnce() {
    start();
    answer("three");
    assertThat(driver.takeReasons()).singleElement().asString().contains("has no step three");
  }
}

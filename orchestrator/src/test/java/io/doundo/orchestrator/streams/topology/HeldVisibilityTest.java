package io.doundo.orchestrator.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.orchestrator.streams.state.HeldStep;
import io.doundo.protocol.BreakerVerb;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/**
 * Since when a worker may have seen the DO of a step that was held: an aborted transaction may have
 * sent it before.
 */
class HeldVisibilityTest extends BankFlows {

  private String visibleSince(String flowId) {
    List<String> times = new ArrayList<>();
    for (TestRecord<String, byte[]> command : take("orchestrator.pay.charge.do")) {
      if (command.key().equals(flowId)) {
        times.add(TopologyDriver.header(command, RecordHeaders.VISIBLE_SINCE));
      }
    }
    assertThat(times).hasSize(1);
    return times.get(0);
  }

  @Test
  void aDoThatWasHeldMayHaveBeenSeenSinceItWasHeldFirst() {
    register(", breaker: bank");
    ask("f1", BreakerVerb.OPEN, driver.now().plus(Duration.ofHours(2)));
    driver.pass(SECOND);
    String flow = start();
    work(Bank.HAS_NO_WORKER);
    assertThat(charge(flow)).isEqualTo(StepStatus.HELD);
    String heldSince = Long.toString(driver.now().toEpochMilli());
    // Each ten minutes its hold ends, and it is held again.
    for (int minute = 0; minute < 121; minute++) {
      driver.leap(MINUTE);
    }
    driver.pass(SECOND);

    assertThat(charge(flow)).isEqualTo(StepStatus.IN_PROGRESS);
    assertThat(visibleSince(flow)).isEqualTo(heldSince);
  }

  @Test
  void aHeldDoThatAnOperatorRetriesMayHaveBeenSeenSinceItWasHeld() {
    register(", breaker: bank");
    open();
    String flow = start();
    work(Bank.IS_DOWN);
    assertThat(charge(flow)).isEqualTo(StepStatus.HELD);
    String heldSince = Long.toString(driver.now().toEpochMilli());
    driver.pass(Duration.ofSeconds(20));
    retry(flow, "c1");

    assertThat(visibleSince(flow)).isEqualTo(heldSince);
  }

  @Test
  void aDoThatWasReleasedIntoAPauseMayHaveBeenSeenSinceItWasHeldFirst() {
    register(", breaker: bank");
    ask("f1", BreakerVerb.OPEN, driver.now().plus(Duration.ofHours(2)));
    driver.pass(SECOND);
    String flow = start();
    work(Bank.HAS_NO_WORKER);
    assertThat(charge(flow)).isEqualTo(StepStatus.HELD);
    String heldSince = Long.toString(driver.now().toEpochMilli());
    driver.pass(SECOND);
    driver.send(Topics.CONTROL, flow, WireRecords.control(flow, "PAUSE"));
    ask("r1", BreakerVerb.RESET, null);
    driver.pass(Duration.ofSeconds(5));
    assertThat(charge(flow)).isEqualTo(StepStatus.PENDING);
    assertThat(driver.row(HeldStep.releasedKey(flow, "charge"))).isNotNull();

    driver.send(Topics.CONTROL, flow, WireRecords.control(flow, "RESUME"));

    assertThat(charge(flow)).isEqualTo(StepStatus.IN_PROGRESS);
    assertThat(visibleSince(flow)).isEqualTo(heldSince);
    assertThat(driver.row(HeldStep.releasedKey(flow, "charge"))).isNull();
  }

  @Test
  void aDoThatIsHeldAgainAfterAPauseMayHaveBeenSeenSinceItWasHeldFirst() {
    register(", breaker: bank");
    open();
    String flow = start();
    work(Bank.IS_DOWN);
    assertThat(charge(flow)).isEqualTo(StepStatus.HELD);
    String heldSince = Long.toString(driver.now().toEpochMilli());
    driver.pass(SECOND);
    driver.send(Topics.CONTROL, flow, WireRecords.control(flow, "PAUSE"));
    retry(flow, "c1");
    assertThat(charge(flow)).isEqualTo(StepStatus.PENDING);
    driver.send(Topics.CONTROL, flow, WireRecords.control(flow, "RESUME"));
    assertThat(charge(flow)).isEqualTo(StepStatus.HELD);
    take("orchestrator.pay.charge.do");
    driver.pass(SECOND);
    retry(flow, "c2");

    assertThat(visibleSince(flow)).isEqualTo(heldSince);
    assertThat(driver.row(HeldStep.releasedKey(flow, "charge"))).isNull();
  }

  @Test
  void nothingIsLeftOfAReleasedStepWhoseFlowEndsInAPause() {
    register(", breaker: bank");
    open();
    String flow = start();
    work(Bank.IS_DOWN);
    driver.send(Topics.CONTROL, flow, WireRecords.control(flow, "PAUSE"));
    retry(flow, "c1");
    assertThat(driver.row(HeldStep.releasedKey(flow, "charge"))).isNotNull();

    driver.send(Topics.CONTROL, flow, WireRecords.control(flow, "ABANDON"));

    assertThat(status(flow)).isEqualTo(FlowStatus.ABANDONED);
    assertThat(driver.row(HeldStep.releasedKey(flow, "charge"))).isNull();
  }
}

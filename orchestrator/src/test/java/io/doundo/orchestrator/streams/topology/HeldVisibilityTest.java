package io.doundo.orchestrator.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.protocol.BreakerVerb;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/**
 * What a fence is told about a DO that has waited: since when it may have been seen, without its
 * answer having been read, and since when a DO may have been sent that nobody knows the end of. A
 * step is in doubt if the fence has lost its records since then.
 */
class HeldVisibilityTest extends BankFlows {

  private static final Duration HOURS = Duration.ofHours(2);

  private TestRecord<String, byte[]> command(String flowId) {
    List<TestRecord<String, byte[]>> commands = new ArrayList<>();
    for (TestRecord<String, byte[]> command : take("orchestrator.pay.charge.do")) {
      if (command.key().equals(flowId)) {
        commands.add(command);
      }
    }
    assertThat(commands).hasSize(1);
    return commands.get(0);
  }

  private static Instant time(TestRecord<String, byte[]> command, String header) {
    return Instant.ofEpochMilli(Long.parseLong(TopologyDriver.header(command, header)));
  }

  private static Instant visibleSince(TestRecord<String, byte[]> command) {
    return time(command, RecordHeaders.VISIBLE_SINCE);
  }

  private void leap(Duration time) {
    for (long minute = 0; minute <= time.toMinutes(); minute++) {
      driver.leap(MINUTE);
    }
  }

  private String held() {
    register(", breaker: bank");
    ask("f1", BreakerVerb.OPEN, driver.now().plus(HOURS));
    driver.pass(SECOND);
    String flow = start();
    work(Bank.HAS_NO_WORKER);
    assertThat(charge(flow)).isEqualTo(StepStatus.HELD);
    return flow;
  }

  private void control(String flow, String verb) {
    driver.send(Topics.CONTROL, flow, WireRecords.control(flow, verb));
  }

  @Test
  void aDoThatWasHeldForHoursHasNotBeenSeenAllThatTime() {
    String flow = held();
    // Each ten minutes its hold ends, and it is held again.
    leap(HOURS);
    driver.pass(SECOND);

    assertThat(charge(flow)).isEqualTo(StepStatus.IN_PROGRESS);
    assertThat(visibleSince(command(flow))).isBetween(driver.now().minusSeconds(90), driver.now());
  }

  @Test
  void aDoThatWaitedForTheEndOfAPauseHasNotBeenSeenAllThatTime() {
    String flow = held();
    control(flow, "PAUSE");
    ask("r1", BreakerVerb.RESET, null);
    leap(HOURS);
    assertThat(charge(flow)).isEqualTo(StepStatus.PENDING);

    control(flow, "RESUME");

    assertThat(charge(flow)).isEqualTo(StepStatus.IN_PROGRESS);
    assertThat(visibleSince(command(flow))).isBetween(driver.now().minusSeconds(90), driver.now());
  }

  @Test
  void aDoThatAPersonSendsMayHaveBeenSeenSinceTheLastAnswerThatWasRead() {
    register(", breaker: bank");
    open();
    String flow = start();
    work(Bank.HAS_NO_WORKER);
    assertThat(charge(flow)).isEqualTo(StepStatus.HELD);
    Instant read = driver.now();
    driver.hasReadUntil(read);
    leap(HOURS);
    retry(flow, "c1");

    assertThat(visibleSince(command(flow))).isEqualTo(read);
  }

  @Test
  void aStepThatBecameReadyInAPauseMayHaveBeenSeenSinceTheLastAnswerThatWasRead() {
    register("");
    String flow = start();
    TestRecord<String, byte[]> reserve = take("orchestrator.pay.reserve.do").get(0);
    Instant read = driver.now();
    driver.hasReadUntil(read);
    control(flow, "PAUSE");
    leap(HOURS);
    answer(reserve, true, Map.of());
    assertThat(charge(flow)).isEqualTo(StepStatus.PENDING);

    control(flow, "RESUME");

    assertThat(charge(flow)).isEqualTo(StepStatus.IN_PROGRESS);
    assertThat(visibleSince(command(flow))).isEqualTo(read);
  }

  @Test
  void anAttemptAfterFailuresWithoutEffectIsTheFirstThatCounts() {
    register(", breaker: bank");
    open();
    String flow = flows.get(0);
    driver.pass(Duration.ofSeconds(5));
    assertThat(charge(flow)).as("its first attempt was refused").isEqualTo(StepStatus.HELD);
    Instant refused = driver.now();
    driver.pass(Duration.ofSeconds(20));
    retry(flow, "c1");
    TestRecord<String, byte[]> second = command(flow);

    assertThat(TopologyDriver.header(second, RecordHeaders.ATTEMPT)).isEqualTo("2");
    assertThat(time(second, RecordHeaders.FIRST_SENT))
        .isEqualTo(visibleSince(second))
        .isAfter(refused);
  }

  @Test
  void anAttemptAfterADoubtIsNotTheFirstThatCounts() {
    register(", timeout: 5s, retry: {maxAttempts: 3, delay: 1s}");
    String flow = start();
    work(Bank.HAS_NO_WORKER);
    Instant sent = visibleSince(command(flow));
    driver.pass(Duration.ofSeconds(7));

    TestRecord<String, byte[]> second = command(flow);
    assertThat(TopologyDriver.header(second, RecordHeaders.ATTEMPT)).isEqualTo("2");
    assertThat(time(second, RecordHeaders.FIRST_SENT)).isEqualTo(sent);
  }

  @Test
  void anAttemptAfterAFailureThatMayHaveLeftSomethingIsNotTheFirstThatCounts() {
    register(", undoFailed: true, retry: {maxAttempts: 3, delay: 1s}");
    String flow = start();
    work(Bank.HAS_NO_WORKER);
    TestRecord<String, byte[]> first = command(flow);
    answer(first, false, Map.of(RecordHeaders.OUTCOME, "NO_EFFECT"));
    driver.pass(Duration.ofSeconds(3));

    TestRecord<String, byte[]> second = command(flow);
    assertThat(time(second, RecordHeaders.FIRST_SENT)).isEqualTo(visibleSince(first));
  }
}

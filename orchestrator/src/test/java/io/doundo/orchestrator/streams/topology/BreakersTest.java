package io.doundo.orchestrator.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.breaker.BreakerPhase;
import io.doundo.orchestrator.breaker.stored.BreakerKey;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.BreakerCommand;
import io.doundo.protocol.BreakerVerb;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Breakers through bytes, topics and stores, with the clock moved by hand. */
class BreakersTest extends BankFlows {

  @Test
  void aPartnerThatIsDownForAnHourUnderLoadUndoesNothing() {
    register(", breaker: bank");
    for (int second = 0; second < 120; second++) {
      for (int i = 0; i < 5; i++) {
        start();
      }
      pass(SECOND, Bank.IS_DOWN);
    }
    assertThat(bank().phase()).isIn(BreakerPhase.OPEN, BreakerPhase.HALF_OPEN);
    assertThat(flows).allMatch(flowId -> status(flowId) == FlowStatus.IN_PROGRESS);
    pass(Duration.ofMinutes(58), Bank.IS_DOWN);
    assertThat(flows).allMatch(flowId -> status(flowId) == FlowStatus.IN_PROGRESS);
    // Some faults open it, and each time it is tried, there is one wave of three.
    assertThat(sentToBank).isLessThan(45);

    pass(Duration.ofMinutes(11), Bank.WORKS);

    assertThat(flows).hasSize(600).allMatch(flowId -> status(flowId) == FlowStatus.COMPLETED);
    assertThat(bank().phase()).isEqualTo(BreakerPhase.CLOSED);
    assertThat(bank().heldInAll()).isZero();
  }

  @Test
  void aWorkerGroupThatIsGoneForTwentyMinutesUndoesNothing() {
    register(", breaker: bank");
    for (int minute = 0; minute < 20; minute++) {
      for (int i = 0; i < 6; i++) {
        start();
        pass(Duration.ofSeconds(10), Bank.HAS_NO_WORKER);
      }
    }
    assertThat(bank().phase()).isIn(BreakerPhase.OPEN, BreakerPhase.HALF_OPEN);
    assertThat(bank().heldInAll()).isGreaterThan(50);
    assertThat(flows).allMatch(flowId -> status(flowId) == FlowStatus.IN_PROGRESS);

    pass(Duration.ofMinutes(12), Bank.WORKS);

    assertThat(flows).hasSize(120).allMatch(flowId -> status(flowId) == FlowStatus.COMPLETED);
    assertThat(bank().phase()).isEqualTo(BreakerPhase.CLOSED);
  }

  @Test
  void businessFailuresOpenNothing() {
    register(", breaker: bank, maxRetries: 1");
    for (int i = 0; i < 20; i++) {
      start();
    }
    work(Bank.REFUSES);
    pass(SECOND, Bank.REFUSES);

    assertThat(bank().phase()).isEqualTo(BreakerPhase.CLOSED);
    assertThat(flows).allMatch(flowId -> status(flowId) == FlowStatus.UNDONE);
  }

  @Test
  void aHeldCommandIsNotSentAndTheAuditLogSaysSo() {
    register(", breaker: bank");
    open();
    driver.takeAudit();
    int before = sentToBank;
    String late = start();
    work(Bank.IS_DOWN);

    assertThat(charge(late)).isEqualTo(StepStatus.HELD);
    assertThat(driver.flow(late).steps().get(1).outside().doing().sent()).isZero();
    assertThat(sentToBank).isEqualTo(before);
    List<String> told =
        driver.takeAudit().stream()
            .filter(record -> record.flowId().equals(late))
            .flatMap(record -> record.events().stream())
            .filter(entry -> "charge".equals(entry.step()))
            .map(AuditRecord.Entry::type)
            .toList();
    assertThat(told).containsExactly("STEP_STARTED", "STEP_HELD");
  }

  @Test
  void anUndoIsHeldAndSentOnceTheBreakerIsReset() {
    register(", breaker: bank");
    String done = start();
    work(Bank.WORKS);
    assertThat(status(done)).isEqualTo(FlowStatus.COMPLETED);
    pass(SECOND, Bank.WORKS);
    open();
    driver.send(Topics.CONTROL, done, WireRecords.control(done, "UNDO"));
    work(Bank.IS_DOWN);
    assertThat(charge(done)).isEqualTo(StepStatus.HELD);
    assertThat(status(done)).isEqualTo(FlowStatus.UNDOING);

    ask("r1", BreakerVerb.RESET, null);
    pass(Duration.ofSeconds(10), Bank.WORKS);

    assertThat(status(done)).isEqualTo(FlowStatus.UNDONE);
    assertThat(flows)
        .allMatch(flowId -> flowId.equals(done) || status(flowId) == FlowStatus.COMPLETED);
    assertThat(bank().outcomeOf("r1")).isNotNull();
  }

  @Test
  void forcedOpenHoldsEverythingUntilItsEnd() {
    register(", breaker: bank");
    ask("f1", BreakerVerb.OPEN, driver.now().plus(Duration.ofMinutes(30)));
    driver.pass(SECOND);
    String flow = start();
    // The hold of a step ends after ten minutes; a forced breaker holds it again.
    pass(Duration.ofMinutes(29), Bank.WORKS);
    assertThat(bank().phase()).isEqualTo(BreakerPhase.FORCED_OPEN);
    assertThat(charge(flow)).isEqualTo(StepStatus.HELD);
    assertThat(sentToBank).isZero();

    pass(Duration.ofMinutes(2), Bank.WORKS);

    assertThat(status(flow)).isEqualTo(FlowStatus.COMPLETED);
    assertThat(bank().phase()).isEqualTo(BreakerPhase.CLOSED);
  }

  @Test
  void aRetryOfAnOperatorGoesPastAnOpenBreakerButNotPastAForcedOne() {
    register(", breaker: bank");
    open();
    String flow = flows.get(0);
    int before = sentToBank;
    retry(flow, "c1");
    work(Bank.IS_DOWN);
    assertThat(sentToBank).isEqualTo(before + 1);

    ask("f1", BreakerVerb.OPEN, driver.now().plus(MINUTE));
    driver.pass(SECOND);
    String other = flows.get(1);
    assertThat(charge(other)).isEqualTo(StepStatus.HELD);
    retry(other, "c2");
    work(Bank.IS_DOWN);
    assertThat(sentToBank).isEqualTo(before + 1);
    assertThat(charge(other)).isEqualTo(StepStatus.HELD);
  }

  @Test
  void nothingIsLetThroughBeforeTheAnswersThatAreThereAreRead() {
    register(", breaker: bank");
    open();
    driver.hasReadUntil(driver.now());
    driver.pass(SECOND);
    ask("r1", BreakerVerb.RESET, null);
    int before = sentToBank;
    pass(Duration.ofSeconds(5), Bank.WORKS);
    assertThat(bank().phase()).isEqualTo(BreakerPhase.CLOSED);
    assertThat(sentToBank).isEqualTo(before);

    driver.hasReadUntil(null);
    pass(Duration.ofSeconds(5), Bank.WORKS);

    assertThat(flows).allMatch(flowId -> status(flowId) == FlowStatus.COMPLETED);
  }

  @Test
  void aConsumerThatIsAlwaysBehindDelaysWhatIsLetThroughAndDoesNotStopIt() {
    register(", breaker: bank");
    open();
    ask("r1", BreakerVerb.RESET, null);
    for (int second = 0; second < 20; second++) {
      driver.hasReadUntil(driver.now().minusSeconds(2));
      pass(SECOND, Bank.WORKS);
    }

    assertThat(flows).allMatch(flowId -> status(flowId) == FlowStatus.COMPLETED);
  }

  @Test
  void aStepWithASingleAttemptIsTriedAfterTheOthers() {
    register(", breaker: bank");
    register("once", ", breaker: bank, retry: {maxAttempts: 1}");
    register("undone", ", breaker: bank, onTimeout: UNDO");
    ask("f1", BreakerVerb.OPEN, driver.now().plus(MINUTE));
    driver.pass(SECOND);
    List<String> last = List.of(start("once"), start("undone"));
    for (String name : List.of("once", "undone")) {
      for (TestRecord<String, byte[]> command : take("orchestrator." + name + ".reserve.do")) {
        answer(command, true, Map.of());
      }
    }
    driver.pass(SECOND);
    for (int i = 0; i < 3; i++) {
      start();
    }
    pass(MINUTE.plusSeconds(2), Bank.HAS_NO_WORKER);

    assertThat(bank().phase()).isEqualTo(BreakerPhase.HALF_OPEN);
    assertThat(take("orchestrator.pay.charge.do")).hasSize(3);
    assertThat(last).allMatch(flowId -> charge(flowId) == StepStatus.HELD);
  }

  @Test
  void theAnswerToAnAttemptThatWasSentBeforeSaysNothingOfAHalfOpenBreaker() {
    register(", breaker: bank");
    open();
    take("orchestrator.pay.charge.do");
    retry(flows.get(0), "c1");
    TestRecord<String, byte[]> early = take("orchestrator.pay.charge.do").get(0);
    pass(MINUTE.plusSeconds(2), Bank.HAS_NO_WORKER);
    assertThat(bank().phase()).isEqualTo(BreakerPhase.HALF_OPEN);

    answer(early, false, FAULT);
    driver.pass(SECOND);
    assertThat(bank().phase()).isEqualTo(BreakerPhase.HALF_OPEN);
    answer(take("orchestrator.pay.charge.do").get(0), false, FAULT);
    driver.pass(SECOND);

    assertThat(bank().phase()).isEqualTo(BreakerPhase.OPEN);
  }

  @Test
  void theShareOfAPausedFlowGoesToTheNextOne() {
    register(", breaker: bank");
    open();
    pass(Duration.ofSeconds(5), Bank.IS_DOWN);
    List<String> paused = List.copyOf(flows);
    for (String flow : paused) {
      driver.send(Topics.CONTROL, flow, WireRecords.control(flow, "PAUSE"));
    }
    for (int i = 0; i < 6; i++) {
      start();
    }
    pass(MINUTE.plusSeconds(2), Bank.HAS_NO_WORKER);

    assertThat(bank().phase()).isEqualTo(BreakerPhase.HALF_OPEN);
    List<TestRecord<String, byte[]>> sent = take("orchestrator.pay.charge.do");
    assertThat(sent).hasSize(3).noneMatch(command -> paused.contains(command.key()));
  }

  @Test
  void anUnreadableRowStopsNoOtherBreaker() {
    ask("f1", BreakerVerb.OPEN, driver.now().plus(Duration.ofHours(1)));
    // The first comparison comes at once.
    driver.pass(SECOND);
    bank();
    driver.damage(BreakerKey.of("another"), "B{".getBytes(UTF_8));
    driver.send(Topics.BREAKERS, "bank", null, Map.of());
    driver.pass(Duration.ofSeconds(31));

    assertThat(take(Topics.BREAKERS)).isNotEmpty();
  }

  @Test
  void aBreakerWhoseRowIsUnreadableGoesOnWithItsStateInTheTopic() {
    register(", breaker: bank");
    open();
    driver.damage(BreakerKey.of("bank"), "B{".getBytes(UTF_8));
    pass(Duration.ofMinutes(4), Bank.WORKS);

    assertThat(bank().phase()).isEqualTo(BreakerPhase.CLOSED);
    assertThat(flows).allMatch(flowId -> status(flowId) == FlowStatus.COMPLETED);
  }

  @Test
  void aDeletedBreakerLetsThroughWhatItHeld() {
    register(", breaker: bank");
    open();
    ask("d1", BreakerVerb.DELETE, null);
    pass(Duration.ofSeconds(10), Bank.WORKS);

    assertThat(bank().isDeleted()).isTrue();
    assertThat(flows).allMatch(flowId -> status(flowId) == FlowStatus.COMPLETED);
  }

  @Test
  void anEmptyTopicHoldsNothingUntilTheOwnerHasWrittenItAgain() {
    register(", breaker: bank");
    open();
    bank();
    driver.send(Topics.BREAKERS, "bank", null, Map.of());
    String meanwhile = start();
    int before = sentToBank;
    work(Bank.IS_DOWN);
    assertThat(sentToBank).isGreaterThan(before);
    assertThat(charge(meanwhile)).isNotEqualTo(StepStatus.HELD);

    pass(Duration.ofSeconds(31), Bank.IS_DOWN);

    assertThat(take(Topics.BREAKERS)).isNotEmpty();
    String later = start();
    work(Bank.IS_DOWN);
    assertThat(charge(later)).isEqualTo(StepStatus.HELD);
  }

  @Test
  void theOwnerWritesItsStatesAgainEveryFiveMinutesBecauseOthersMayHaveLostThem() {
    ask("f1", BreakerVerb.OPEN, driver.now().plus(Duration.ofHours(1)));
    for (int minute = 0; minute < 4; minute++) {
      driver.leap(MINUTE);
    }
    assertThat(take(Topics.BREAKERS)).hasSize(1);
    driver.leap(MINUTE);
    driver.leap(MINUTE);

    assertThat(take(Topics.BREAKERS)).hasSize(1);
  }

  @Test
  void anOwnerThatHasLostItsStateTakesItFromTheTopicAndGoesOn() {
    register(", breaker: bank");
    open();
    driver.lose(BreakerKey.of("bank"));
    pass(Duration.ofSeconds(31), Bank.IS_DOWN);
    assertThat(driver.row(BreakerKey.of("bank"))).isNotNull();

    pass(Duration.ofMinutes(3), Bank.WORKS);

    assertThat(bank().phase()).isEqualTo(BreakerPhase.CLOSED);
    assertThat(flows).allMatch(flowId -> status(flowId) == FlowStatus.COMPLETED);
  }

  @Test
  void aHeldPivotHasNotBeenReachedSoItsFlowCanBeCancelled() {
    register(", breaker: bank, pivot: true");
    open();
    String flow = start();
    work(Bank.IS_DOWN);
    assertThat(charge(flow)).isEqualTo(StepStatus.HELD);
    driver.send(Topics.CONTROL, flow, WireRecords.control(flow, "CANCEL"));
    work(Bank.IS_DOWN);

    assertThat(status(flow)).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void anHttpStepStandsBehindTheBreakerOfItsConnection() {
    String document =
        "{orchestrationName: lead, steps: [{name: send, http: {connection: crm, post: /leads},"
            + " undo: none}, {name: own, breaker: other, http: {connection: crm, post: /leads},"
            + " undo: none}]}";
    try (TopologyDriver http = TopologyDriver.behind(Map.of("crm", "bank"))) {
      var compiled = RegistrationCompiler.compile(document.getBytes(UTF_8), Map.of());
      assertThat(compiled.problems()).isEmpty();
      Orchestration definition = ((Defined) compiled.results().get(0)).orchestration();
      http.register(definition, TopologyDriver.BEGIN.minusSeconds(1));
      Instant until = http.now().plus(Duration.ofHours(1));
      BreakerCommand open =
          new BreakerCommand("o", "bank", BreakerVerb.OPEN, null, until, "maintenance", "ann");
      http.send(Topics.CONTROL, BreakerKey.of("bank"), open.encode(), Map.of());
      http.pass(SECOND);
      http.send(Topics.EXECUTION_START, "l", WireRecords.start("lead", "l", Map.of()));

      assertThat(http.flow("l").steps().get(0).status()).isEqualTo(StepStatus.HELD);
      assertThat(http.producedTopics()).doesNotContain(Topics.HTTP);
      // The flow runs on what was registered: its hash knows nothing of connections.
      assertThat(http.flow("l").definition()).isEqualTo(definition.id());

      BreakerCommand reset =
          new BreakerCommand("r", "bank", BreakerVerb.RESET, null, null, null, null);
      http.send(Topics.CONTROL, BreakerKey.of("bank"), reset.encode(), Map.of());
      http.pass(SECOND);
      assertThat(http.take(Topics.HTTP)).hasSize(1);
      http.send(Topics.RESPONSE, "l", WireRecords.success("l", "send", "DO", null));
      assertThat(http.take(Topics.HTTP)).as("its own breaker is not known").hasSize(1);
    }
  }

  @Test
  void theExampleWaitsForItsBankAndCompletes() throws Exception {
    byte[] document =
        Files.readAllBytes(Path.of("..", "registration-examples", "bill-registration.yaml"));
    var compiled = RegistrationCompiler.compile(document, Map.of());
    assertThat(compiled.problems()).isEmpty();
    driver.register(
        ((Defined) compiled.results().get(0)).orchestration(),
        TopologyDriver.BEGIN.minusSeconds(1));
    ask("f1", BreakerVerb.OPEN, driver.now().plus(MINUTE));
    driver.pass(SECOND);
    String event =
        Files.readString(Path.of("..", "registration-examples", "bill-payment-event.json"));
    driver.send(Topics.EXECUTION_START, null, event.strip());
    PlayedWorkers workers = new PlayedWorkers(driver).work();
    assertThat(workers.handled).containsExactly("bill-2001 DO reserveAmount");
    for (int second = 0; second < 90; second++) {
      driver.leap(SECOND);
      workers.work();
    }

    assertThat(status("bill-2001")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(workers.handled)
        .containsExactly(
            "bill-2001 DO reserveAmount", "bill-2001 DO chargeAccount", "bill-2001 DO sendReceipt");
  }

  @Test
  void aRequestForAnUnknownBreakerIsADeadLetter() {
    ask("r1", BreakerVerb.RESET, null);

    assertThat(driver.takeReasons()).containsExactly("there is no breaker bank");
  }

  @Test
  void aRefusedRequestMakesNoBreaker() {
    ask("f1", BreakerVerb.OPEN, driver.now());

    assertThat(driver.takeReasons()).containsExactly("until is past: " + driver.now());
    assertThat(driver.row(BreakerKey.of("bank"))).isNull();
    assertThat(take(Topics.BREAKERS)).isEmpty();
  }

  @Test
  void whatHappensToABreakerIsInTheAuditLog() {
    register(", breaker: bank");
    open();
    ask("r1", BreakerVerb.RESET, null);
    List<String> types = new ArrayList<>();
    for (TestRecord<String, byte[]> record : take(Topics.FLOW_EVENTS)) {
      if (!AuditRecord.isOfFlow(record.key().getBytes(UTF_8))) {
        JsonNode json = Json.MAPPER.readTree(record.value());
        assertThat(json.required("breaker").stringValue()).isEqualTo("bank");
        types.add(json.required("type").stringValue());
      }
    }
    assertThat(types).containsExactly("BREAKER_OPENED", "BREAKER_RESET");
  }
}

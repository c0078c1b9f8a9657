package io.doundo.orchestrator.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.breaker.BreakerPhase;
import io.doundo.orchestrator.breaker.BreakerState;
import io.doundo.orchestrator.breaker.stored.BreakerKey;
import io.doundo.orchestrator.breaker.stored.BreakerStateCodec;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.protocol.BreakerCommand;
import io.doundo.protocol.BreakerVerb;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import tools.jackson.databind.JsonNode;

/** Flows behind the breaker of a bank, and what the bank does with their commands. */
abstract class BankFlows {

  static final Duration SECOND = Duration.ofSeconds(1);
  static final Duration MINUTE = Duration.ofMinutes(1);
  static final Map<String, String> FAULT =
      Map.of(RecordHeaders.OUTCOME, "NO_EFFECT", RecordHeaders.FAULT, "service");

  final TopologyDriver driver = new TopologyDriver();
  final List<String> flows = new ArrayList<>();
  private @Nullable BreakerState shown;
  int sentToBank;

  @AfterEach
  void close() {
    driver.close();
  }

  void register(String charge) {
    register("pay", charge);
  }

  void register(String name, String charge) {
    String document =
        "{orchestrationName: %s, vocabulary: 2, steps: [{name: reserve}, {name: charge%s}]}";
    var compiled =
        RegistrationCompiler.compile(document.formatted(name, charge).getBytes(UTF_8), Map.of());
    assertThat(compiled.problems()).isEmpty();
    Orchestration definition = ((Defined) compiled.results().get(0)).orchestration();
    driver.register(definition, TopologyDriver.BEGIN.minusSeconds(1));
  }

  String start() {
    return start("pay");
  }

  String start(String name) {
    String flowId = "flow-" + flows.size();
    flows.add(flowId);
    driver.send(Topics.EXECUTION_START, flowId, WireRecords.start(name, flowId, Map.of()));
    return flowId;
  }

  /** What the service behind the step does with a command. */
  enum Bank {
    WORKS,
    IS_DOWN,
    REFUSES,
    /** Nobody reads its commands. */
    HAS_NO_WORKER
  }

  void work(Bank bank) {
    for (String action : List.of("do", "undo")) {
      for (TestRecord<String, byte[]> command : take("orchestrator.pay.reserve." + action)) {
        answer(command, true, Map.of());
      }
      if (bank != Bank.HAS_NO_WORKER) {
        for (TestRecord<String, byte[]> command : take("orchestrator.pay.charge." + action)) {
          sentToBank++;
          answer(command, bank == Bank.WORKS, bank == Bank.IS_DOWN ? FAULT : Map.of());
        }
      }
    }
  }

  List<TestRecord<String, byte[]>> take(String topic) {
    return driver.producedTopics().contains(topic) ? driver.take(topic) : List.of();
  }

  void answer(TestRecord<String, byte[]> command, boolean succeeds, Map<String, String> headers) {
    JsonNode sent = Json.MAPPER.readTree(command.value()).required("headers");
    String flowId = sent.required("flowId").stringValue();
    String step = sent.required("stepName").stringValue();
    String action = sent.required("action").stringValue();
    Map<String, String> all = new HashMap<>(headers);
    all.put(RecordHeaders.COMMAND_ID, TopologyDriver.header(command, RecordHeaders.COMMAND_ID));
    String answer =
        succeeds
            ? WireRecords.success(flowId, step, action, null)
            : WireRecords.failure(flowId, step, action);
    driver.send(Topics.RESPONSE, flowId, answer.getBytes(UTF_8), all);
  }

  void pass(Duration time, Bank bank) {
    for (long i = 0; i < time.toSeconds(); i++) {
      driver.leap(SECOND);
      work(bank);
    }
  }

  BreakerState bank() {
    for (TestRecord<String, byte[]> record : take(Topics.BREAKERS)) {
      assertThat(record.key()).isEqualTo("bank");
      try {
        shown = BreakerStateCodec.decode(record.value());
      } catch (MalformedRecordException e) {
        throw new AssertionError(e);
      }
    }
    return shown == null ? BreakerState.unknown("bank") : shown;
  }

  void ask(String id, BreakerVerb verb, @Nullable Instant until) {
    BreakerCommand command =
        new BreakerCommand(id, "bank", verb, null, until, "maintenance", "ann");
    driver.send(Topics.CONTROL, BreakerKey.of("bank"), command.encode(), Map.of());
  }

  FlowStatus status(String flowId) {
    return driver.flow(flowId).status();
  }

  StepStatus charge(String flowId) {
    return driver.flow(flowId).steps().get(1).status();
  }

  /** The breaker is open because of faults; some flows are held. */
  void open() {
    for (int i = 0; i < 6; i++) {
      start();
    }
    work(Bank.IS_DOWN);
    driver.pass(SECOND);
    work(Bank.IS_DOWN);
    assertThat(bank().phase()).isEqualTo(BreakerPhase.OPEN);
    assertThat(charge(flows.get(flows.size() - 1))).isEqualTo(StepStatus.HELD);
  }

  void retry(String flowId, String controlId) {
    driver.send(
        Topics.CONTROL,
        flowId,
        "{\"flowId\":\"%s\",\"action\":\"RETRY\",\"stepName\":\"charge\",\"controlId\":\"%s\"}"
            .formatted(flowId, controlId));
  }
}

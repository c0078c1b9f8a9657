package io.doundo.orchestrator.streams.topology;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static io.doundo.orchestrator.journey.TestDefinitions.onTimeout;
import static io.doundo.orchestrator.journey.TestDefinitions.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.FailStep;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.orchestrator.streams.state.StoreNames;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Records of existing clients of the protocol, older than this orchestrator. */
class ExistingClientsTest {

  private static final String FLOW = "flow-1";

  private static void start(TopologyDriver driver, Map<String, Object> headers) {
    Map<String, Object> all = new LinkedHashMap<>(headers);
    all.put("orchestrationName", "order");
    all.put("flowId", FLOW);
    driver.send(
        Topics.EXECUTION_START,
        FLOW,
        Json.MAPPER.writeValueAsString(Map.of("headers", all, "payload", Map.of("a", 1))));
  }

  private static JsonNode body(TestRecord<String, byte[]> command) {
    return Json.MAPPER.readTree(command.value());
  }

  private static JsonNode next(TopologyDriver driver, String topic) {
    List<TestRecord<String, byte[]>> commands = driver.take(topic);
    assertThat(commands).hasSize(1);
    return body(commands.get(0));
  }

  /** Answers with a copy of the command's headers and some of them set, as such clients do. */
  private static void answer(TopologyDriver driver, JsonNode command, Map<String, ?> set) {
    ObjectNode headers = ((ObjectNode) command.required("headers")).deepCopy();
    set.forEach((name, value) -> headers.set(name, Json.MAPPER.valueToTree(value)));
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.set("headers", headers);
    answer.putObject("payload");
    driver.send(Topics.RESPONSE, FLOW, Json.MAPPER.writeValueAsString(answer));
  }

  private static void failStep(
      TopologyDriver driver, JsonNode command, @Nullable String eventType) {
    Map<String, Object> set =
        new LinkedHashMap<>(
            Map.of("action", "FAIL_STEP", "status", true, "errorMessage", "handler threw"));
    if (eventType != null) {
      set.put("eventType", eventType);
    }
    answer(driver, command, set);
  }

  private static Orchestration retrying(String name) {
    return with(
        chain("order", "one", "two"),
        name,
        s -> with(s, new Work.Remote(false, false, null, Map.of(), FailStep.RETRY)));
  }

  @Test
  void failStepUndoesTheFlowRegardlessOfItsStatus() {
    try (TopologyDriver driver = new TopologyDriver()) {
      driver.register(chain("order", "one"));
      start(driver, Map.of());
      failStep(driver, next(driver, Topics.doTopic("order", "one")), null);
      assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
      assertThat(driver.flow(FLOW).steps().get(0).status()).isEqualTo(StepStatus.FAILED);
      assertThat(driver.takeReasons()).isEmpty();
    }
  }

  @Test
  void aStepMaySayThatFailStepMeansFailedThisTime() {
    try (TopologyDriver driver = new TopologyDriver()) {
      driver.register(retrying("one"));
      start(driver, Map.of());
      failStep(driver, next(driver, Topics.doTopic("order", "one")), null);
      driver.pass(Duration.ofMillis(1_100));
      answer(
          driver,
          next(driver, Topics.doTopic("order", "one")),
          Map.of("action", "DO", "status", true));
      failStep(driver, next(driver, Topics.doTopic("order", "two")), null);
      assertThat(driver.flow(FLOW).status())
          .as("of the other step it still means failed for good")
          .isEqualTo(FlowStatus.UNDOING);
    }
  }

  @Test
  void aServerSettingMakesFailStepMeanFailedThisTime() {
    try (TopologyDriver driver = TopologyDriver.reading(FailStep.RETRY)) {
      driver.register(chain("order", "one"));
      start(driver, Map.of());
      failStep(driver, next(driver, Topics.doTopic("order", "one")), null);
      driver.pass(Duration.ofMillis(1_100));
      JsonNode again = next(driver, Topics.doTopic("order", "one"));
      driver.send(
          Topics.RESPONSE,
          FLOW,
          Json.MAPPER.writeValueAsBytes(
              Map.of(
                  "headers",
                  Map.of("flowId", FLOW, "stepName", "one", "action", "FAIL_STEP", "attempt", 2))),
          Map.of("saga-outcome", "NO_EFFECT"),
          driver.now());
      assertThat(again.at("/headers/attempt").asInt()).isEqualTo(2);
      assertThat(driver.flow(FLOW).steps().get(0).status())
          .as("who says an outcome knows what FAIL_STEP means")
          .isEqualTo(StepStatus.FAILED);
    }
  }

  /**
   * The DO times out, its UNDO is sent, and then the DO says FAIL_STEP with the same attempt.
   *
   * @param eventType the copied one, or the one that such clients set
   */
  @ParameterizedTest
  @ValueSource(strings = {"doone", "orchestrator.response.result"})
  void aLateFailStepOfADoIsNotTakenForTheUndos(String eventType) {
    try (TopologyDriver driver = new TopologyDriver()) {
      driver.register(with(chain("order", "one"), "one", s -> onTimeout(s, OnTimeout.UNDO)));
      start(driver, Map.of());
      JsonNode asked = next(driver, Topics.doTopic("order", "one"));
      driver.pass(Duration.ofMillis(30_100));
      JsonNode undo = next(driver, Topics.undoTopic("order", "one"));
      assertThat(undo.at("/headers/attempt").asInt()).isEqualTo(1);
      failStep(driver, asked, eventType);
      assertThat(driver.flow(FLOW).steps().get(0).status()).isEqualTo(StepStatus.UNDOING);
      assertThat(driver.flow(FLOW).notes().ignoredAnswers()).isEqualTo(1);
      answer(driver, undo, Map.of("action", "UNDO", "status", true));
      assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
      assertThat(driver.flow(FLOW).reason()).contains("step one IN_DOUBT");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"undoone", "orchestrator.response.result"})
  void aFailStepOfTheUndoCountsAsItsFailureAndIsRetried(String eventType) {
    try (TopologyDriver driver = new TopologyDriver()) {
      driver.register(with(chain("order", "one"), "one", s -> onTimeout(s, OnTimeout.UNDO)));
      start(driver, Map.of());
      next(driver, Topics.doTopic("order", "one"));
      driver.pass(Duration.ofMillis(30_100));
      failStep(driver, next(driver, Topics.undoTopic("order", "one")), eventType);
      assertThat(driver.flow(FLOW).steps().get(0).status()).isEqualTo(StepStatus.UNDO_FAIL);
      assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDOING);
      driver.pass(Duration.ofMillis(1_100));
      JsonNode again = next(driver, Topics.undoTopic("order", "one"));
      answer(driver, again, Map.of("action", "UNDO", "status", true));
      assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
    }
  }

  @Test
  void theStartsOwnHeadersTravelWithEveryCommandAndAreKept() {
    try (TopologyDriver driver = new TopologyDriver()) {
      driver.register(chain("order", "one", "two"));
      start(
          driver,
          Map.of(
              "correlationId",
              "c-1",
              "tenantId",
              7,
              "status",
              true,
              "serviceName",
              "shop",
              "seq",
              99,
              "action",
              "START"));
      JsonNode one = next(driver, Topics.doTopic("order", "one"));
      assertThat(one.at("/headers/correlationId").stringValue()).isEqualTo("c-1");
      assertThat(one.at("/headers/tenantId").intValue()).isEqualTo(7);
      assertThat(one.at("/headers/status").booleanValue()).isTrue();
      assertThat(one.at("/headers/action").stringValue()).isEqualTo("DO");
      assertThat(one.at("/headers/seq").intValue()).isEqualTo(1);
      assertThat(one.at("/headers").has("serviceName")).isFalse();
      answer(driver, one, Map.of("action", "DO"));
      JsonNode two = next(driver, Topics.doTopic("order", "two"));
      failStep(driver, two, null);
      JsonNode undo = next(driver, Topics.undoTopic("order", "one"));
      assertThat(undo.at("/headers/correlationId").stringValue()).isEqualTo("c-1");
      answer(driver, undo, Map.of("action", "UNDO"));
      assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
      StoredFlow stored = driver.stored(FLOW);
      assertThat(driver.flow(FLOW).origin().headers()).isNotNull();
      assertThat(driver.entries(StoreNames.CONTENTS)).isZero();
      assertThat(stored).as("it is archived").isNotNull();
    }
  }

  @Test
  void headersThatAreTooLargeForTheFlowsValueStandBesideIt() {
    try (TopologyDriver driver = new TopologyDriver()) {
      driver.register(chain("order", "one", "two"));
      start(driver, Map.of("token", "x".repeat(3_500)));
      assertThat(driver.entries(StoreNames.CONTENTS)).isEqualTo(1);
      answer(
          driver,
          next(driver, Topics.doTopic("order", "one")),
          Map.of("action", "DO", "status", true));
      JsonNode two = next(driver, Topics.doTopic("order", "two"));
      assertThat(two.at("/headers/token").stringValue()).hasSize(3_500);
      answer(driver, two, Map.of("action", "DO", "status", true));
      assertThat(driver.entries(StoreNames.CONTENTS)).isZero();
      driver.send(Topics.CONTROL, FLOW, WireRecords.control(FLOW, "UNDO"));
      JsonNode undo = next(driver, Topics.undoTopic("order", "two"));
      assertThat(undo.at("/headers/token").stringValue()).hasSize(3_500);
    }
  }

  @Test
  void anUndoAnswerToADoIsIgnoredAndTheLogSaysWhy() {
    try (TopologyDriver driver = new TopologyDriver()) {
      driver.register(chain("order", "one"));
      start(driver, Map.of());
      driver.takeAudit();
      answer(
          driver,
          next(driver, Topics.doTopic("order", "one")),
          Map.of("action", "UNDO", "status", true));
      assertThat(driver.flow(FLOW).steps().get(0).status()).isEqualTo(StepStatus.IN_PROGRESS);
      assertThat(driver.takeAudit())
          .flatExtracting(AuditRecord::events)
          .singleElement()
          .satisfies(
              entry -> {
                assertThat(entry.type()).isEqualTo("ANSWER_IGNORED");
                assertThat(entry.reason()).contains("no UNDO was sent");
              });
    }
  }
}

package io.doundo.orchestrator.streams.topology;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.OrchestrationStatus;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The results of start records. */
class StartsTest {

  private static final String FLOW = "flow-1";
  private static final String DO_ONE = Topics.doTopic("order", "one");

  private final TopologyDriver driver = new TopologyDriver();

  @AfterEach
  void close() {
    driver.close();
  }

  private void start(Object payload) {
    driver.send(Topics.EXECUTION_START, FLOW, WireRecords.start("order", FLOW, payload));
  }

  private void complete() {
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "one", "DO", null));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void theSameStartAgainIsIgnoredWhileTheFlowRunsAndAfterItsEnd() {
    driver.register(chain("order", "one"));
    start(Map.of("a", 1));
    start(Map.of("a", 1));
    complete();
    start(Map.of("a", 1));
    assertThat(driver.take(DO_ONE)).hasSize(1);
    assertThat(driver.takeReasons()).isEmpty();
  }

  @Test
  void theSameContentInAnotherSpellingIsTheSameStart() {
    String start =
        "{\"headers\":{\"orchestrationName\":\"order\",\"flowId\":\"%s\"},\"payload\":%s}";
    driver.register(chain("order", "one"));
    driver.send(
        Topics.EXECUTION_START, FLOW, start.formatted(FLOW, "{\"a\":1,\"b\":{\"d\":2,\"c\":3}}"));
    String again = start.formatted(FLOW, "{ \"b\": {\"c\":3.0, \"d\":2}, \"a\": 1 }");
    driver.send(Topics.EXECUTION_START, FLOW, again);
    complete();
    driver.send(Topics.EXECUTION_START, FLOW, again);
    assertThat(driver.take(DO_ONE)).hasSize(1);
    assertThat(driver.takeReasons()).isEmpty();
  }

  @Test
  void anotherStartUnderAUsedFlowIdIsAConflict() {
    driver.register(chain("order", "one"));
    start(Map.of("a", 1));
    start(Map.of("a", 2));
    assertThat(driver.takeReasons()).singleElement().asString().contains("is already in use");
    complete();
    start(Map.of("a", 2));
    assertThat(driver.takeReasons())
        .singleElement()
        .asString()
        .contains("was already used by a flow", "COMPLETED");
    assertThat(driver.take(DO_ONE)).hasSize(1);
  }

  @Test
  void aRejectedFlowMayBeStartedAgainAndIsAnotherLife() {
    start(Map.of("a", 1));
    String rejected = driver.flow(FLOW).incarnation();
    driver.pass(Duration.ofSeconds(62));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.REJECTED);
    driver.register(chain("order", "one"));
    start(Map.of("a", 1));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.IN_PROGRESS);
    assertThat(driver.flow(FLOW).incarnation()).isNotEqualTo(rejected);
    assertThat(driver.take(DO_ONE)).hasSize(1);
  }

  /** The broker's clock decides which came first, not the orchestrator's. */
  @Test
  void aWaitingFlowGetsTheFirstVersionAfterItsStartThoughTheClockIsAhead() {
    Instant appended = driver.now().minusSeconds(10);
    byte[] start = WireRecords.start("order", FLOW, Map.of()).getBytes(StandardCharsets.UTF_8);
    driver.send(Topics.EXECUTION_START, FLOW, start, Map.of(), appended);
    Orchestration first = chain("order", "one");
    driver.register(first, appended.plusSeconds(1));
    driver.register(chain("order", "other"), appended.plusSeconds(2));

    driver.pass(Duration.ofSeconds(2));

    assertThat(driver.flow(FLOW).definition()).isEqualTo(first.id());
  }

  @Test
  void anAnswerThatFindsTheDefinitionBeforeTheTimerDoesBeginsTheFlow() {
    start(Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.WAITING);
    driver.register(chain("order", "one"));
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "one", "DO", null));
    assertThat(driver.take(Topics.DEAD_LETTER)).isEmpty();
    assertThat(driver.take(DO_ONE)).hasSize(1);
    assertThat(driver.flow(FLOW).steps().get(0).effect()).isEqualTo(StepEffect.DONE);
  }

  @Test
  void aStartWhoseDefinitionNeverComesIsKeptWhole() {
    String start = WireRecords.start("order", FLOW, Map.of("a", 1));
    driver.send(Topics.EXECUTION_START, FLOW, start);
    driver.pass(Duration.ofSeconds(62));
    List<TestRecord<String, byte[]>> letters = driver.take(Topics.DEAD_LETTER);
    assertThat(letters).hasSize(1);
    assertThat(letters.get(0).value()).asString(StandardCharsets.UTF_8).isEqualTo(start);
    assertThat(TopologyDriver.header(letters.get(0), RecordHeaders.DEAD_LETTER_REASON))
        .contains("order was not registered");
  }

  @ParameterizedTest
  @EnumSource(names = {"DRAFT", "PAUSED", "RETIRED"})
  void aStartOfWhatIsNotActiveIsRejectedWithThatWordAndMayBeSentAgain(OrchestrationStatus status) {
    driver.register(chain("order", "one"));
    driver.becomes("order", status);
    driver.pass(Duration.ofSeconds(1));
    start(Map.of("a", 1));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.REJECTED);
    assertThat(driver.take(DO_ONE)).isEmpty();
    List<TestRecord<String, byte[]>> letters = driver.take(Topics.DEAD_LETTER);
    assertThat(letters).hasSize(1);
    assertThat(TopologyDriver.header(letters.get(0), RecordHeaders.DEAD_LETTER_REASON))
        .contains("orchestration order is " + status.word());
    driver.becomes("order", OrchestrationStatus.ACTIVE);
    driver.pass(Duration.ofSeconds(1));
    start(Map.of("a", 1));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.IN_PROGRESS);
    assertThat(driver.take(DO_ONE)).hasSize(1);
  }

  @Test
  void runningFlowsGoOnWhateverTheStatusOfTheirName() {
    driver.register(chain("order", "one"));
    start(Map.of("a", 1));
    driver.becomes("order", OrchestrationStatus.RETIRED);
    driver.pass(Duration.ofSeconds(1));
    start(Map.of("a", 1));
    complete();
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.take(Topics.DEAD_LETTER)).isEmpty();
  }

  /** By the broker's clock: a start that is read late is not refused for a later change. */
  @Test
  void aStartIsJudgedByTheStatusAtItsTime() {
    driver.register(chain("order", "one"));
    Instant appended = driver.now();
    driver.pass(Duration.ofSeconds(5));
    driver.becomes("order", OrchestrationStatus.PAUSED);
    byte[] start = WireRecords.start("order", FLOW, Map.of()).getBytes(StandardCharsets.UTF_8);
    driver.send(Topics.EXECUTION_START, FLOW, start, Map.of(), appended);
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.IN_PROGRESS);
  }

  @Test
  void aFlowThatWaitedForADraftIsRejected() {
    start(Map.of("a", 1));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.WAITING);
    driver.becomes("order", OrchestrationStatus.DRAFT);
    driver.register(chain("order", "one"));
    driver.pass(Duration.ofSeconds(3));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.REJECTED);
    assertThat(driver.flow(FLOW).reason()).isEqualTo("orchestration order is draft");
    assertThat(driver.take(DO_ONE)).isEmpty();
  }

  @Test
  void aStartWithoutAFlowIdGetsOne() {
    driver.register(chain("order", "one"));
    driver.send(Topics.EXECUTION_START, null, WireRecords.start("order", null, Map.of()));
    driver.send(Topics.EXECUTION_START, null, WireRecords.start("order", null, Map.of()));
    List<TestRecord<String, byte[]>> commands = driver.take(DO_ONE);
    assertThat(commands).extracting(TestRecord::key).doesNotContainNull().doesNotHaveDuplicates();
    assertThat(driver.flow(commands.get(0).key()).status()).isEqualTo(FlowStatus.IN_PROGRESS);
  }

  @Test
  void aStartGetsTheDefinitionOfItsTimeAndKeepsIt() {
    Orchestration first = chain("order", "one", "two");
    Orchestration second = chain("order", "one", "other");
    driver.register(first);
    driver.leap(Duration.ofMinutes(1));
    start(Map.of());
    driver.leap(Duration.ofMinutes(1));
    driver.register(second);
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "one", "DO", null));
    assertThat(driver.take(Topics.doTopic("order", "two"))).hasSize(1);
    driver.send(Topics.EXECUTION_START, "flow-2", WireRecords.start("order", "flow-2", Map.of()));
    assertThat(driver.flow("flow-2").definition()).isEqualTo(second.id());
    assertThat(driver.flow(FLOW).definition()).isEqualTo(first.id());
  }

  @Test
  void anOversizedStartIsRefusedWithItsSize() {
    driver.register(chain("order", "one"));
    start(Map.of("big", "x".repeat(950_000)));
    assertThat(driver.stored(FLOW)).isNull();
    List<TestRecord<String, byte[]>> letters = driver.take(Topics.DEAD_LETTER);
    assertThat(letters).hasSize(1);
    assertThat(TopologyDriver.header(letters.get(0), RecordHeaders.DEAD_LETTER_REASON))
        .contains("bytes", "at most");
    assertThat(letters.get(0).value()).hasSizeGreaterThan(950_000);
  }

  @Test
  void aCommandCarriesEverythingAWorkerNeeds() {
    Orchestration order = chain("order", "one");
    driver.register(order);
    start(Map.of("a", 1));
    TestRecord<String, byte[]> command = driver.take(DO_ONE).get(0);
    assertThat(command.key()).isEqualTo(FLOW);
    String incarnation = driver.flow(FLOW).incarnation();
    assertThat(TopologyDriver.header(command, RecordHeaders.COMMAND_ID)).matches("[0-9a-f]{32}");
    assertThat(TopologyDriver.header(command, RecordHeaders.ATTEMPT)).isEqualTo("1");
    assertThat(TopologyDriver.header(command, RecordHeaders.GENERATION)).isEqualTo("1");
    assertThat(TopologyDriver.header(command, RecordHeaders.DEADLINE))
        .isEqualTo(String.valueOf(TopologyDriver.BEGIN.plusSeconds(30).toEpochMilli()));
    assertThat(TopologyDriver.header(command, RecordHeaders.DEFINITION))
        .isEqualTo(order.id().header());
    assertThat(TopologyDriver.header(command, RecordHeaders.INCARNATION)).isEqualTo(incarnation);
    assertThat(TopologyDriver.header(command, RecordHeaders.EFFECT)).isEmpty();
    assertThat(TopologyDriver.header(command, RecordHeaders.TRACEPARENT))
        .matches("00-" + incarnation + "-[0-9a-f]{16}-01");
  }

  @Test
  void theAuditLogNumbersEveryTransitionAndKeepsItsInput() {
    driver.register(chain("order", "one"));
    start(Map.of("a", 1));
    complete();
    var audit = driver.takeAudit();
    assertThat(audit).extracting(record -> record.transition()).containsExactly(1, 2);
    assertThat(audit.get(0).input().toString()).contains("\"type\":\"FlowStarted\"");
    assertThat(audit.get(1).input().toString())
        .contains("\"type\":\"StepSucceeded\"", "\"step\":\"one\"", "\"vouched\":false");
    assertThat(audit.get(1).status()).isEqualTo("COMPLETED");
    assertThat(audit.get(1).events())
        .extracting(event -> event.type())
        .containsExactly("STEP_SUCCESS", "FLOW_COMPLETED");
  }
}

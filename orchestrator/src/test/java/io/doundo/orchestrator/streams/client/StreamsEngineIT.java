package io.doundo.orchestrator.streams.client;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static io.doundo.orchestrator.journey.TestDefinitions.with;
import static io.doundo.orchestrator.journey.TestDefinitions.withTimeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.client.Installation.ForeignTransaction;
import io.doundo.orchestrator.streams.client.KafkaWorker.DoReply;
import io.doundo.orchestrator.streams.read.FlowsUnavailableException;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The engine on a real broker, with plain Kafka clients as workers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamsEngineIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private Installation installation;
  private KafkaWorker worker;

  @BeforeAll
  void open() {
    installation = new Installation();
    worker = new KafkaWorker(installation.bootstrap());
  }

  @AfterAll
  void close() {
    worker.close();
    installation.close();
  }

  @Test
  void aFlowCompletesWithUnkeyedAnswers() {
    installation.register(chain("complete", "one", "two", "three"));
    List<String> flows = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      flows.add(installation.start("complete"));
    }
    for (String flow : flows) {
      FlowState state = installation.awaitStatus(flow, FlowStatus.COMPLETED);
      assertThat(state.steps()).extracting(StepState::status).containsOnly(StepStatus.DO_SUCCESS);
      assertThat(worker.ledger(flow)).containsExactly("DO one", "DO two", "DO three");
    }
  }

  @Test
  void aStartWithoutAFlowIdRuns() {
    installation.register(chain("nameless", "solo"));
    installation.send(
        Topics.EXECUTION_START, null, "{\"orchestrationName\":\"nameless\",\"payload\":{}}");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(installation.read(Topics.FLOW_EVENTS))
                    .extracting(record -> new String(record.value(), StandardCharsets.UTF_8))
                    .anyMatch(
                        record ->
                            record.contains("nameless") && record.contains("FLOW_COMPLETED")));
  }

  @Test
  void theThirdStepFailsAndTheOthersAreUndoneInReverse() {
    installation.register(chain("failing", "first", "second", "broken"));
    worker.behave("broken", DoReply.FAIL);
    String flow = installation.start("failing");
    FlowState state = installation.awaitStatus(flow, FlowStatus.UNDONE);
    assertThat(state.steps())
        .extracting(StepState::status)
        .containsExactly(
            StepStatus.UNDO_SUCCESS, StepStatus.UNDO_SUCCESS, StepStatus.RETRY_EXHAUSTED);
    assertThat(worker.ledger(flow))
        .containsExactly(
            "DO first",
            "DO second",
            "DO broken",
            "DO broken",
            "DO broken",
            "UNDO second",
            "UNDO first");
  }

  @Test
  void answersOfAnotherPartitionerFindTheirFlows() {
    installation.register(chain("foreign", "here", "there"));
    worker.useForeignPartitioner();
    List<String> flows = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      flows.add(installation.start("foreign"));
    }
    flows.forEach(flow -> installation.awaitStatus(flow, FlowStatus.COMPLETED));
  }

  @Test
  void aCompletedFlowIsUndoneOnDemand() {
    installation.register(chain("regret", "buy", "pay"));
    String flow = installation.start("regret");
    installation.awaitStatus(flow, FlowStatus.COMPLETED);
    installation.send(
        Topics.CONTROL, flow, "{\"flowId\":\"%s\",\"action\":\"UNDO\"}".formatted(flow));
    installation.awaitStatus(flow, FlowStatus.UNDONE);
    assertThat(worker.ledger(flow)).containsExactly("DO buy", "DO pay", "UNDO pay", "UNDO buy");
  }

  @Test
  void flowsSurviveARestartAndALostDisk() {
    installation.register(chain("restarted", "quick", "slow", "last"));
    worker.behave("slow", DoReply.STAY_SILENT);
    String flow = installation.start("restarted");
    await().atMost(PATIENCE).until(() -> worker.ledger(flow).contains("DO slow"));
    installation.stopEngine();
    installation.startEngine();
    assertThat(installation.awaitStatus(flow, FlowStatus.IN_PROGRESS).steps())
        .extracting(StepState::status)
        .containsExactly(StepStatus.DO_SUCCESS, StepStatus.IN_PROGRESS, StepStatus.PENDING);
    installation.stopEngine();
    installation.wipeState();
    installation.startEngine();
    worker.answer(flow, "slow", "DO", true);
    installation.awaitStatus(flow, FlowStatus.COMPLETED);
    assertThat(worker.ledger(flow)).containsExactly("DO quick", "DO slow", "DO last");
  }

  @Test
  void anAnswerGivenWhileTheEngineWasDownGoesBeforeTheTimeoutItBeat() {
    // Long enough that a busy machine stops the engine before it.
    Duration timeout = Duration.ofSeconds(15);
    installation.register(
        with(chain("outage", "pending"), "pending", step -> withTimeout(step, timeout)));
    worker.behave("pending", DoReply.STAY_SILENT);
    String flow = installation.start("outage");
    await().atMost(PATIENCE).until(() -> worker.ledger(flow).contains("DO pending"));
    long dueAt = installation.awaitStatus(flow, FlowStatus.IN_PROGRESS).steps().get(0).dueAt();
    installation.stopEngine();
    worker.answer(flow, "pending", "DO", true);
    assertThat(System.currentTimeMillis()).as("the answer beats the timeout").isLessThan(dueAt);
    await().atMost(PATIENCE).until(() -> System.currentTimeMillis() > dueAt + 500);
    installation.startEngine();
    StepState step = installation.awaitStatus(flow, FlowStatus.COMPLETED).steps().get(0);
    assertThat(step.status()).isEqualTo(StepStatus.DO_SUCCESS);
    assertThat(step.outside().doing().sent()).isEqualTo(1);
  }

  @Test
  void aTopicDeletedBehindTheEnginesBackStopsNobodyForLong() {
    installation.register(chain("deleted", "lost"));
    installation.register(chain("bystander", "goesOn"));
    String topic = Topics.doTopic("deleted", "lost");
    installation.deleteUnnoticed(topic);
    String lost = installation.start("deleted");
    await()
        .during(Duration.ofSeconds(2))
        .atMost(PATIENCE)
        .until(() -> worker.ledger(lost).isEmpty());
    installation.noticeDeletion(topic);
    installation.awaitStatus(lost, FlowStatus.UNDONE);
    // Consumers may need a while to forget the topic, so this answer does not wait for one.
    worker.behave("goesOn", DoReply.STAY_SILENT);
    String bystander = installation.start("bystander");
    installation.awaitStatus(bystander, FlowStatus.IN_PROGRESS);
    worker.answer(bystander, "goesOn", "DO", true);
    installation.awaitStatus(bystander, FlowStatus.COMPLETED);
  }

  @Test
  void largeResultsSurviveTheArchive() {
    installation.register(chain("bulky", "make", "use"));
    worker.resultSize("make", 100_000);
    String flow = installation.start("bulky");
    installation.awaitStatus(flow, FlowStatus.COMPLETED);
    StoredFlow stored = installation.engine().flows().find(flow).orElseThrow();
    Content result = stored.state().steps().get(0).result();
    assertThat(result).isNotNull();
    assertThat(stored.contents().get(result.digest())).hasSizeGreaterThan(100_000);
    installation.send(Topics.CONTROL, flow, WireRecords.control(flow, "UNDO"));
    installation.awaitStatus(flow, FlowStatus.UNDONE);
    // The state is known before it is committed.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(installation.read(Topics.undoTopic("bulky", "make")))
                    .singleElement()
                    .satisfies(command -> assertThat(command.value()).hasSizeGreaterThan(100_000)));
  }

  @Test
  void aRecordForAnEndedFlowOutlivesARestartWhileTheArchiveCannotBeRead() {
    installation.register(chain("patient", "sell", "ship"));
    String flow = UUID.randomUUID().toString();
    try (ForeignTransaction foreign = installation.openTransaction(Topics.ARCHIVE, flow)) {
      installation.start("patient", flow);
      await()
          .atMost(PATIENCE)
          .until(() -> installation.events(flow).stream().anyMatch("FLOW_COMPLETED"::equals));
      assertThat(installation.engine().flows().find(flow)).as("from memory").isPresent();
      installation.send(Topics.CONTROL, flow, WireRecords.control(flow, "UNDO"));
      await().atMost(PATIENCE).until(() -> installation.isHeld(flow));
      installation.stopEngine();
      installation.startEngine();
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> installation.engine().flows().find(flow))
                      .isInstanceOf(FlowsUnavailableException.class)
                      .hasMessageContaining("could not be read from the archive"));
      foreign.abort();
    }
    installation.awaitStatus(flow, FlowStatus.UNDONE);
    assertThat(worker.ledger(flow)).containsExactly("DO sell", "DO ship", "UNDO ship", "UNDO sell");
    assertThat(installation.isHeld(flow)).isFalse();
  }

  @Test
  void aMissingTopicFailsItsStepAndDisturbsNobody() {
    String missing = Topics.doTopic("gone", "vanished");
    installation.register(chain("gone", "there", "vanished"), missing);
    installation.register(chain("neighbour", "fine"));
    String broken = installation.start("gone");
    String other = installation.start("neighbour");
    installation.awaitStatus(other, FlowStatus.COMPLETED);
    FlowState state = installation.awaitStatus(broken, FlowStatus.UNDONE);
    assertThat(state.steps().get(1).error()).contains(missing).contains("does not exist");
    assertThat(worker.ledger(broken)).containsExactly("DO there", "UNDO there");
  }

  @Test
  void anUnknownOrchestrationIsRejected() {
    String flow = installation.start("nobodyKnows");
    FlowState state = installation.awaitStatus(flow, FlowStatus.REJECTED);
    assertThat(state.reason()).contains("nobodyKnows");
    assertThat(installation.events(flow)).as("it waited first").startsWith("FLOW_WAITING");
  }

  @Test
  void aTransactionThatStaysOpenInAnInputIsNamed() throws Exception {
    BlockedPartitions blocked = new BlockedPartitions("doundo", installation.bootstrap());
    AtomicLong seconds = new AtomicLong();
    try (ForeignTransaction foreign = installation.openTransaction(Topics.RESPONSE, "key");
        TransactionWatch watch =
            new TransactionWatch(
                EngineSettings.of(installation.bootstrap(), Path.of("unused")),
                blocked,
                () -> TimeUnit.SECONDS.toNanos(seconds.get()))) {
      watch.look();
      seconds.set(15);
      watch.look();
      assertThat(blocked.told())
          .singleElement()
          .asString()
          .contains(Topics.RESPONSE, "1 records are blocked", "15 s")
          .contains("with the transactional id foreign, which its coordinator still knows");
      foreign.abort();
      // Its coordinator answers before the partitions know of the end.
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                watch.look();
                assertThat(blocked.told()).isEmpty();
              });
    }
  }

  @Test
  void withoutItsOffsetsTheEngineDoesNotRunEverythingAgain() throws Exception {
    installation.register(chain("offsets", "pay"));
    installation.awaitStatus(installation.start("offsets"), FlowStatus.COMPLETED);
    installation.stopEngine();
    installation.deleteOffsets();
    assertThatThrownBy(installation::startEngine)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the offsets of the consumer group doundo have expired")
        .hasMessageContaining("--reset-offsets");
    installation.resetOffsetsToTheEnd();
    installation.startEngine();
    installation.awaitStatus(installation.start("offsets"), FlowStatus.COMPLETED);
  }

  @Test
  void startsInTheSharedTopicWouldRunAgainWithoutOffsetsToo() throws Exception {
    installation.register(chain("shared-lost", "pay"));
    installation.awaitStatus(startInTheSharedTopic("shared-lost"), FlowStatus.COMPLETED);
    installation.stopEngine();
    installation.expireRecordsOf(Topics.EXECUTION_START);
    installation.deleteOffsets();
    assertThatThrownBy(installation::startEngine)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("or orchestrator.event would be read again");
    installation.resetOffsetsToTheEnd();
    installation.startEngine();
    installation.awaitStatus(startInTheSharedTopic("shared-lost"), FlowStatus.COMPLETED);
  }

  @Test
  void anInstallationThatDidNotReadTheSharedTopicDoesNotCarryOutWhatIsOldThere() throws Exception {
    installation.register(chain("shared-old", "pay"));
    installation.awaitStatus(installation.start("shared-old"), FlowStatus.COMPLETED);
    installation.stopEngine();
    installation.deleteOffsetsOfTheSharedTopic();
    String old = startInTheSharedTopic("shared-old");
    installation.startEngine();
    String fresh = startInTheSharedTopic("shared-old");
    installation.awaitStatus(fresh, FlowStatus.COMPLETED);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(installation.read(Topics.REKEY))
                    .filteredOn(record -> record.key() != null)
                    .extracting(record -> new String(record.key(), StandardCharsets.UTF_8))
                    .contains(fresh)
                    .doesNotContain(old));
  }

  /** All on one partition, so that they are read in order. */
  private String startInTheSharedTopic(String orchestration) {
    String flowId = UUID.randomUUID().toString();
    installation.send(
        Topics.SHARED_EVENT,
        "same",
        """
        {"eventType": "orchestrator.execution.start", "orchestrationName": "%s", "flowId": "%s",
         "payload": {}}"""
            .formatted(orchestration, flowId));
    return flowId;
  }

  @Test
  void poisonOnAnyTopicBecomesADeadLetterAndNothingStops() {
    installation.register(chain("healthy", "pulse"));
    byte[] poison = {0x00, (byte) 0xC3, 0x28, '{'};
    List<String> topics =
        List.of(Topics.EXECUTION_START, Topics.RESPONSE, Topics.CONTROL, Topics.REKEY);
    for (String topic : topics) {
      installation.send(new ProducerRecord<>(topic, null, (byte[]) null));
      installation.send(new ProducerRecord<>(topic, poison, poison));
    }
    installation.send(new ProducerRecord<>(Topics.DEFINITIONS, null, poison));
    installation.send(new ProducerRecord<>(Topics.DEFINITIONS, poison, poison));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              var letters = installation.read(Topics.DEAD_LETTER);
              for (String topic : topics) {
                assertThat(letters)
                    .filteredOn(letter -> topic.equals(sourceTopic(letter.headers())))
                    .hasSizeGreaterThanOrEqualTo(2)
                    .anySatisfy(letter -> assertThat(letter.value()).isEqualTo(poison));
              }
            });
    installation.awaitStatus(installation.start("healthy"), FlowStatus.COMPLETED);
  }

  @Test
  void anAnswerOfAFlowThatNeverStartsIsHeldAndThenADeadLetter() {
    worker.answer("no-such-flow", "step", "DO", true);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(installation.deadLetterReasons())
                    .anyMatch(reason -> reason.contains("flow no-such-flow is unknown")));
  }

  private static String sourceTopic(org.apache.kafka.common.header.Headers headers) {
    return new String(
        headers.lastHeader(io.doundo.protocol.RecordHeaders.DEAD_LETTER_TOPIC).value(),
        StandardCharsets.UTF_8);
  }
}

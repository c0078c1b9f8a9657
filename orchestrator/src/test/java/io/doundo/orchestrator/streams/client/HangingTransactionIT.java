package io.doundo.orchestrator.streams.client;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.read.FlowsUnavailableException;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A transaction that its coordinator has forgotten stays open forever, and blocks the records
 * behind it. The engine reports it, and aborts those that block its own offsets.
 */
class HangingTransactionIT {

  private static final String OF_THE_ENGINE = "doundo-d45af9b9-6d35-4ed0-92d5-ca04be1803c1-1";
  private static final TopicPartition START = new TopicPartition(Topics.EXECUTION_START, 0);
  private static final TopicPartition REKEY = new TopicPartition(Topics.REKEY, 1);
  private static final TopicPartition ANSWERS = new TopicPartition(Topics.RESPONSE, 2);

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static Installation installation;
  private static KafkaWorker worker;

  private BlockedPartitions blocked;
  private TransactionWatch watch;
  private long seconds;

  @BeforeAll
  static void install() {
    installation = new Installation(new TestBroker(ForgottenTransaction.BROKER_SETTINGS));
    worker = new KafkaWorker(installation.bootstrap());
  }

  @AfterAll
  static void remove() {
    worker.close();
    installation.close();
  }

  @BeforeEach
  void open() {
    blocked = new BlockedPartitions("doundo", installation.bootstrap());
    watch =
        new TransactionWatch(
            EngineSettings.of(installation.bootstrap(), Path.of("unused")),
            blocked,
            () -> TimeUnit.SECONDS.toNanos(seconds));
  }

  @AfterEach
  void close() {
    watch.close();
  }

  private void lookTwice() throws Exception {
    watch.look();
    seconds += 10;
    watch.look();
    seconds += 10;
  }

  @Test
  void theEngineStartsThoughItsOffsetsStoodBehindAForgottenTransaction() throws Exception {
    installation.stopEngine();
    ForgottenTransaction forgotten = new ForgottenTransaction(installation.broker(), OF_THE_ENGINE);
    forgotten.writeOffset("doundo", START, 0);
    forgotten.replaceProducer();
    assertThatThrownBy(this::readOffset).isInstanceOf(TimeoutException.class);

    lookTwice();
    assertThat(blocked.told())
        .singleElement()
        .asString()
        .startsWith("__consumer_offsets-0: the engine's committed offsets are blocked")
        .contains(OF_THE_ENGINE, "forgotten", "--bootstrap-server " + installation.bootstrap())
        .containsPattern("abort --topic __consumer_offsets --partition 0 --start-offset \\d+");

    lookTwice();
    assertThat(blocked.told()).isEmpty();
    await()
        .atMost(PATIENCE)
        .ignoreException(TimeoutException.class)
        .untilAsserted(this::readOffset);
    installation.startEngine();
    String flow = installation.start("nobodyKnows");
    await()
        .atMost(PATIENCE)
        .ignoreException(FlowsUnavailableException.class)
        .until(() -> installation.engine().flows().find(flow).isPresent());
  }

  /** The offsets as the engine reads them: not while an open transaction may still change them. */
  private void readOffset() {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                installation.bootstrap(),
                ConsumerConfig.GROUP_ID_CONFIG,
                "doundo",
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      var unused = consumer.committed(Set.of(START), Duration.ofSeconds(2));
    }
  }

  /** The result of an abort if the transaction was committed in the other partitions. */
  @Test
  void inputsThatWereProcessedMayBeReadAgain() throws Exception {
    worker.behave("second", KafkaWorker.DoReply.STAY_SILENT);
    installation.register(chain("again", "first", "second"));
    String flow = installation.start("again");
    await().atMost(PATIENCE).until(() -> worker.ledger(flow).contains("DO second"));
    installation.stopEngine();
    installation.resetOffsetsToTheBeginning();

    installation.startEngine();
    worker.answer(flow, "second", "DO", true);
    installation.awaitStatus(flow, FlowStatus.COMPLETED);
    assertThat(worker.ledger(flow)).containsExactly("DO first", "DO second");
  }

  @Test
  void noOtherTransactionIsEnded() throws Exception {
    ForgottenTransaction ofOthers = new ForgottenTransaction(installation.broker(), "payments");
    ofOthers.write(ANSWERS, "?");
    ofOthers.replaceProducer();
    ForgottenTransaction ours = new ForgottenTransaction(installation.broker(), OF_THE_ENGINE);
    ours.write(REKEY, "?");

    lookTwice();
    lookTwice();
    assertThat(blocked.partitions()).containsExactlyInAnyOrder(ANSWERS, REKEY);
    assertThat(blocked.told())
        .satisfiesExactly(
            rekey ->
                assertThat(rekey)
                    .contains("orchestrator.rekey-1", "does not know; its records are lost when"),
            answers ->
                assertThat(answers)
                    .contains("orchestrator.response.result-2", "payments", "forgotten; abort"));

    ours.replaceProducer();
    lookTwice();
    lookTwice();
    assertThat(blocked.told())
        .first()
        .asString()
        .contains("orchestrator.rekey-1", "forgotten; its records are lost when");

    TransactionInspector inspector = new TransactionInspector(installation.broker().admin());
    for (List<OpenTransaction> open : inspector.openIn(List.of(ANSWERS, REKEY)).values()) {
      for (OpenTransaction each : open) {
        inspector.abort(each);
      }
    }
    watch.look();
    assertThat(blocked.partitions()).isEmpty();
  }
}

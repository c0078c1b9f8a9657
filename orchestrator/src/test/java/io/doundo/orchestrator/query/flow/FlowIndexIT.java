package io.doundo.orchestrator.query.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.ReaderPool;
import io.doundo.orchestrator.query.index.MinuteCounts;
import io.doundo.orchestrator.query.tail.FlowIndex;
import io.doundo.orchestrator.query.tail.LogStarts;
import io.doundo.orchestrator.streams.state.FlowBytes;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lists of flows, built from real topics. */
class FlowIndexIT {

  private static final Orchestration ONE_STEP = TestDefinitions.chain("order", "pay");
  private static final String CHANGELOG = "flows-changelog";
  private static final int MAX_FLOWS = 10;
  private static final int PARTITIONS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static TestBroker broker;

  @TempDir private Path directory;
  private final AtomicInteger unreadable = new AtomicInteger();
  private Producer<byte[], byte[]> producer;
  private ReaderPool readers;
  private FlowIndex index;

  @BeforeAll
  static void startBroker() {
    broker = new TestBroker();
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void open() {
    createTopics();
    producer =
        // The leader of a new topic may refuse the first batch of a producer and take the next one,
        // after which it never takes the first.
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                broker.bootstrap(),
                "max.in.flight.requests.per.connection",
                1),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    readers = new ReaderPool(new ReadConsumers(broker.bootstrap(), Map.of()), "test-reader");
    index = index();
  }

  private static void createTopics() {
    broker.create(
        new NewTopic(CHANGELOG, PARTITIONS, (short) 1),
        new NewTopic(Topics.ARCHIVE, PARTITIONS, (short) 1),
        new NewTopic(Topics.DEAD_LETTER, 1, (short) 1));
  }

  private FlowIndex index() {
    return index(new TestTopicFacts());
  }

  private FlowIndex index(TestTopicFacts facts) {
    return new FlowIndex(
        new ReadConsumers(broker.bootstrap(), Map.of()),
        readers,
        CHANGELOG,
        new FlowIndex.Settings(MAX_FLOWS, Duration.ofDays(1), directory),
        new TestLookup(ONE_STEP),
        facts,
        new FlowIndex.Listener() {
          @Override
          public void onUnreadable() {
            unreadable.incrementAndGet();
          }

          @Override
          public void onSnapshotFailed() {
            throw new AssertionError("the file can be written");
          }
        });
  }

  @AfterEach
  void close() {
    index.close();
    readers.close();
    producer.close(Duration.ZERO);
    broker.delete(List.of(CHANGELOG, Topics.ARCHIVE, Topics.DEAD_LETTER));
  }

  private void end(int number) throws Exception {
    String flowId = "flow-" + number;
    long at = System.currentTimeMillis();
    Flow flow = Flow.started(ONE_STEP, flowId, at).succeeded("pay", at);
    producer
        .send(
            new ProducerRecord<>(
                Topics.ARCHIVE,
                number % PARTITIONS,
                flowId.getBytes(UTF_8),
                FlowBytes.ended(flow.state())))
        .get();
  }

  private void read() {
    index.start();
    await().atMost(PATIENCE).until(index::caughtUp);
  }

  @Test
  void theLatestFlowsOfALongArchiveAreRead() throws Exception {
    for (int i = 0; i < 500; i++) {
      end(i);
    }
    read();
    assertThat(index.columns().size()).isEqualTo(MAX_FLOWS);
    assertThat(index.find("flow-499")).isPresent();
    assertThat(index.find("flow-498")).isPresent();
    assertThat(index.overflowed()).isTrue();
  }

  @Test
  void anUnreadableRecordIsPassedOverAndNothingIsCountedTwice() throws Exception {
    end(0);
    sendRaw(Topics.ARCHIVE, 1, FlowBytes.unreadableEnd());
    sendRaw(CHANGELOG, 1, FlowBytes.unreadableLive());
    end(1);
    read();
    assertThat(index.columns().size()).isEqualTo(2);
    assertThat(unreadable).hasValue(2);
    index.reconnect();
    end(2);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(index.columns().size()).isEqualTo(3));
    assertThat(unreadable).hasValue(2);
  }

  private void sendRaw(String topic, int partition, byte[] value) throws Exception {
    producer
        .send(new ProducerRecord<>(topic, partition, "unreadable".getBytes(UTF_8), value))
        .get();
  }

  @Test
  void aShortArchiveIsReadWhole() throws Exception {
    for (int i = 0; i < MAX_FLOWS; i++) {
      end(i);
    }
    read();
    assertThat(index.columns().size()).isEqualTo(MAX_FLOWS);
    assertThat(index.overflowed()).isFalse();
  }

  @Test
  void aFlowIsReadFromWhereItsRowSays() throws Exception {
    end(0);
    end(1);
    read();
    assertThat(index.flow("flow-1"))
        .hasValueSatisfying(flow -> assertThat(flow.state().flowId()).isEqualTo("flow-1"));
    FlowState running = Flow.started(ONE_STEP, "flow-2", System.currentTimeMillis()).state();
    producer
        .send(new ProducerRecord<>(CHANGELOG, 0, "flow-2".getBytes(UTF_8), FlowBytes.live(running)))
        .get();
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(index.flow("flow-2")).isPresent());
    assertThat(index.flow("flow-2").orElseThrow().state()).isEqualTo(running);
    assertThat(index.flow("flow-3")).isEmpty();
  }

  @Test
  void aRestartGoesOnFromTheFileAndCountsNothingTwice() throws Exception {
    end(0);
    begin("flow-10");
    read();
    index.close();
    end(1);
    index = index();
    read();
    assertThat(index.columns().size()).isEqualTo(3);
    assertThat(index.find("flow-10")).isPresent();
    assertThat(
            index.minutes().last(60, null, System.currentTimeMillis()).stream()
                .mapToInt(MinuteCounts.Minute::started)
                .sum())
        .isEqualTo(3);
  }

  /** What the compaction of a changelog leaves of a flow that has ended: nothing. */
  @Test
  void aFlowThatEndedWhileNobodyReadIsNoGhost() throws Exception {
    begin("flow-10");
    end(0);
    read();
    assertThat(index.find("flow-10")).isPresent();
    index.close();
    producer.send(new ProducerRecord<>(CHANGELOG, 0, "flow-10".getBytes(UTF_8), null)).get();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
      admin
          .deleteRecords(Map.of(new TopicPartition(CHANGELOG, 0), RecordsToDelete.beforeOffset(2)))
          .all()
          .get();
    }
    index = index();
    read();
    assertThat(index.find("flow-10")).isEmpty();
    assertThat(index.find("flow-0")).isPresent();
    assertThat(index.countByStatus()).doesNotContainKey(FlowStatus.IN_PROGRESS);
  }

  /**
   * Compaction has removed the flows and the tombstones behind them, and the archive has expired:
   * no offset tells that anything is missing, only the time does.
   */
  @Test
  void aThousandFlowsThatEndedAndWereCompactedAwayLeaveNoGhost() throws Exception {
    int flows = 1_000;
    for (int i = 0; i < flows; i++) {
      FlowState paused =
          Flow.started(ONE_STEP, "flow-" + i, i + 1)
              .asked(ControlAction.PAUSE, null, i + 2)
              .state();
      byte[] key = ("flow-" + i).getBytes(UTF_8);
      var unused = producer.send(new ProducerRecord<>(CHANGELOG, 0, key, FlowBytes.live(paused)));
    }
    producer.flush();
    read();
    assertThat(index.columns().size()).isEqualTo(flows);
    assertThat(index.columns().paused()).isEqualTo(flows);
    index.close();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
      admin
          .deleteRecords(
              Map.of(new TopicPartition(CHANGELOG, 0), RecordsToDelete.beforeOffset(flows)))
          .all()
          .get();
    }

    index = index(new TestTopicFacts(Duration.ofMillis(1)));
    read();
    assertThat(index.columns().size()).isZero();
    assertThat(index.columns().paused()).isZero();
    assertThat(index.countByStatus()).isEmpty();
  }

  private void begin(String flowId) throws Exception {
    FlowState running = Flow.started(ONE_STEP, flowId, System.currentTimeMillis()).state();
    producer
        .send(new ProducerRecord<>(CHANGELOG, 0, flowId.getBytes(UTF_8), FlowBytes.live(running)))
        .get();
  }

  @Test
  void anIdlePartitionIsNotBehindAfterItsStartWasAskedFor() throws Exception {
    end(0);
    List<TopicPartition> archive = List.of(new TopicPartition(Topics.ARCHIVE, 0));
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.bootstrap(),
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(archive);
      consumer.seekToBeginning(archive);
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(100));
                return consumer.position(archive.get(0)) > 0
                    && consumer.currentLag(archive.get(0)).orElse(-1) == 0;
              });
      assertThat(LogStarts.of(consumer, archive)).containsEntry(archive.get(0), 0L);
      assertThat(consumer.currentLag(archive.get(0))).hasValue(0);
    }
  }

  @Test
  void theListsSayHowFarBehindTheyAre() throws Exception {
    end(0);
    read();
    long before = System.currentTimeMillis();
    await()
        .atMost(PATIENCE)
        .until(() -> index.state().complete() && index.state().asOf() >= before);
    broker.close();
    try {
      await().atMost(PATIENCE).until(() -> index.state().lagMs() > 1_000);
    } finally {
      // The broker of the tests that follow.
      broker = new TestBroker();
      createTopics();
    }
  }

  @Test
  void listsThatLagAreNotComplete() {
    assertThat(FlowIndex.note(false, 0, false)).contains("still loading");
    assertThat(FlowIndex.note(true, 60_000, false)).contains("60 s behind");
    assertThat(FlowIndex.note(true, 300, true)).contains("more flows than the lists hold");
    assertThat(FlowIndex.note(true, 300, false)).isNull();
  }
}

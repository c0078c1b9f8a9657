package io.doundo.orchestrator.streams.read;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.record.Partitions;
import io.doundo.orchestrator.streams.state.ArchiveCodec;
import io.doundo.orchestrator.streams.state.FlowStateCodec;
import io.doundo.orchestrator.streams.state.FlowStub;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.orchestrator.streams.state.UnreadableValueException;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ended flows, read from a real archive topic. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class ArchiveReaderIT {

  private static final int PARTITIONS = 3;
  private static final String FLOW = "flow-1";
  private static final String OTHER = "flow-2";

  /** Ends in a transaction that is open. */
  private static final String ENDING = "flow-3";

  private static final String OTHER_OF_THE_PARTITION = ofThePartitionOf(FLOW);

  /** So long ago that the flow must have been committed since. */
  private static final long LONG_AGO = System.currentTimeMillis() - Duration.ofHours(2).toMillis();

  private TestBroker broker;
  private Producer<byte[], byte[]> producer;
  private ArchiveReader reader;

  @BeforeAll
  void startBroker() {
    broker = new TestBroker();
  }

  @AfterAll
  void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void open(@TempDir Path stateDir) {
    broker.create(
        new NewTopic(Topics.ARCHIVE, PARTITIONS, (short) 1)
            .configs(Map.of("message.timestamp.type", "CreateTime")));
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers", broker.bootstrap(), "transactional.id", "archive-reader-it"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    producer.initTransactions();
    reader = new ArchiveReader(settings(stateDir));
  }

  @AfterEach
  void close() {
    reader.close();
    producer.close();
    broker.delete(List.of(Topics.ARCHIVE));
  }

  private EngineSettings settings(Path stateDir) {
    EngineSettings defaults = EngineSettings.of(broker.bootstrap(), stateDir);
    return new EngineSettings(
        defaults.applicationId(),
        broker.bootstrap(),
        Map.of(),
        stateDir,
        PARTITIONS,
        1,
        defaults.commitInterval(),
        defaults.definitionWait(),
        defaults.hold(),
        defaults.maxRecordBytes(),
        defaults.archiveRetention(),
        defaults.repairWindow(),
        1,
        0,
        null,
        defaults.cacheBytes(),
        defaults.failStep(),
        true);
  }

  private static String ofThePartitionOf(String flowId) {
    Partitions partitions = new Partitions(PARTITIONS);
    return IntStream.iterate(100, i -> i + 1)
        .mapToObj(i -> "flow-" + i)
        .filter(other -> partitions.of(other) == partitions.of(flowId))
        .findFirst()
        .orElseThrow();
  }

  private static byte[] payload(int size) {
    return ("{\"a\":\"" + "x".repeat(size) + "\"}").getBytes(UTF_8);
  }

  /** A flow with its start in its value. */
  private FlowState archive(String flowId, int transitions, long at) {
    byte[] start = payload(10);
    FlowState state = EndedFlow.state(flowId, transitions, start);
    byte[] flow =
        FlowStateCodec.encode(state, "found", Map.of(state.origin().payload().digest(), start));
    send(flowId, at, ArchiveCodec.encodeFlow(at, flow));
    return state;
  }

  private void send(String flowId, long at, byte[] value) {
    send(new ProducerRecord<>(Topics.ARCHIVE, null, at, flowId.getBytes(UTF_8), value));
  }

  private void send(ProducerRecord<byte[], byte[]> record) {
    // The end of the transaction fails when a send has.
    Future<RecordMetadata> unused = producer.send(record);
  }

  private static FlowState other() {
    return EndedFlow.state(OTHER, 1, payload(1));
  }

  private Optional<StoredFlow> find(String flowId, FlowStub stub) throws Exception {
    return reader.find(flowId, stub).get(60, TimeUnit.SECONDS);
  }

  @Test
  void aFlowIsFoundAmongManyByItsTime() throws Exception {
    producer.beginTransaction();
    List<FlowState> flows = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      flows.add(archive("many-" + i, 7, LONG_AGO + i * 10L));
    }
    producer.commitTransaction();
    List<CompletableFuture<Optional<StoredFlow>>> searches = new ArrayList<>();
    for (int i = flows.size() - 1; i >= 0; i -= 3) {
      searches.add(reader.find("many-" + i, EndedFlow.stub(flows.get(i), LONG_AGO + i * 10L)));
    }
    int next = flows.size() - 1;
    for (CompletableFuture<Optional<StoredFlow>> search : searches) {
      StoredFlow found = search.get(60, TimeUnit.SECONDS).orElseThrow();
      assertThat(found.state()).isEqualTo(flows.get(next));
      assertThat(found.searchValue()).isEqualTo("found");
      next -= 3;
    }
  }

  @Test
  void itsLargerContentsComeWithIt() throws Exception {
    byte[] start = payload(200_000);
    FlowState state = EndedFlow.state(FLOW, 4, start);
    producer.beginTransaction();
    send(
        FLOW,
        LONG_AGO,
        ArchiveCodec.encodeContent(LONG_AGO, state.origin().payload().digest(), start));
    send(
        FLOW,
        LONG_AGO,
        ArchiveCodec.encodeFlow(LONG_AGO, FlowStateCodec.encode(state, null, Map.of())));
    producer.commitTransaction();
    StoredFlow found = find(FLOW, EndedFlow.stub(state, LONG_AGO)).orElseThrow();
    assertThat(found.contents()).containsOnlyKeys(state.origin().payload().digest());
    assertThat(found.contents().get(state.origin().payload().digest())).isEqualTo(start);
  }

  @Test
  void recordsOfLaterTimesMayStandBeforeIt() throws Exception {
    producer.beginTransaction();
    archive(FLOW, 1, LONG_AGO + 60_000);
    archive(FLOW, 2, LONG_AGO + 1);
    FlowState state = archive(FLOW, 3, LONG_AGO);
    archive(FLOW, 4, LONG_AGO + 2);
    producer.commitTransaction();
    assertThat(find(FLOW, EndedFlow.stub(state, LONG_AGO)).orElseThrow().state()).isEqualTo(state);
  }

  @Test
  void whatIsNotCommittedIsWaitedForAndWhatWasAbortedIsNotGiven() throws Exception {
    long now = System.currentTimeMillis();
    producer.beginTransaction();
    reader.ends(ENDING, EndedFlow.stored(ENDING, 1));
    byte[] aborted = payload(20);
    FlowState same = EndedFlow.state(FLOW, 5, aborted);
    byte[] flow =
        FlowStateCodec.encode(same, "aborted", Map.of(same.origin().payload().digest(), aborted));
    send(FLOW, now, ArchiveCodec.encodeFlow(now, flow));
    producer.flush();
    CompletableFuture<Optional<StoredFlow>> search = reader.find(FLOW, EndedFlow.stub(same, now));
    // Requests are answered in order, so the first one was searched when this one is answered.
    FlowStub longAgo = EndedFlow.stub(other(), LONG_AGO - Duration.ofDays(1).toMillis());
    assertThat(find(OTHER, longAgo)).isEmpty();
    assertThat(search).isNotDone();
    producer.abortTransaction();
    producer.beginTransaction();
    FlowState committed = archive(FLOW, 5, now);
    producer.commitTransaction();
    reader.settled();
    StoredFlow found = search.get(60, TimeUnit.SECONDS).orElseThrow();
    assertThat(found.state()).isEqualTo(committed);
    assertThat(found.searchValue()).isEqualTo("found");
  }

  @Test
  void whatIsNotThereAnyMoreIsSaidToBeGoneAtOnce() throws Exception {
    producer.beginTransaction();
    FlowState expired = archive(FLOW, 5, LONG_AGO - Duration.ofHours(5).toMillis());
    producer.commitTransaction();
    TopicPartition partition =
        new TopicPartition(Topics.ARCHIVE, new Partitions(PARTITIONS).of(FLOW));
    broker.admin().deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(1))).all().get();
    producer.beginTransaction();
    archive(FLOW, 1, LONG_AGO);
    producer.commitTransaction();
    FlowStub stub = EndedFlow.stub(expired, LONG_AGO - Duration.ofHours(5).toMillis());
    assertThat(find(FLOW, stub)).isEmpty();
    assertThat(find(OTHER, EndedFlow.stub(other(), LONG_AGO))).isEmpty();
  }

  @Test
  void whatEndedLatelyAndIsNotThereAnyMoreIsSaidToBeGoneAtOnce() throws Exception {
    long now = System.currentTimeMillis();
    producer.beginTransaction();
    FlowState expired = archive(FLOW, 5, now);
    producer.commitTransaction();
    TopicPartition partition =
        new TopicPartition(Topics.ARCHIVE, new Partitions(PARTITIONS).of(FLOW));
    broker.admin().deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(1))).all().get();
    assertThat(find(FLOW, EndedFlow.stub(expired, now))).isEmpty();
  }

  @Test
  void nothingIsSaidToBeGoneBehindAnOpenTransaction() throws Exception {
    long now = System.currentTimeMillis();
    producer.beginTransaction();
    archive(OTHER_OF_THE_PARTITION, 1, now);
    producer.flush();
    // Committed, as far as the engine knows, and not readable yet.
    CompletableFuture<Optional<StoredFlow>> search =
        reader.find(FLOW, EndedFlow.stub(EndedFlow.state(FLOW, 5, payload(10)), now));
    FlowStub longAgo = EndedFlow.stub(other(), LONG_AGO - Duration.ofDays(1).toMillis());
    assertThat(find(OTHER, longAgo)).isEmpty();
    assertThat(search).isNotDone();
    producer.commitTransaction();
    assertThat(search.get(60, TimeUnit.SECONDS)).isEmpty();
  }

  @Test
  void damagedRecordsFailTheirOwnSearchOnly() throws Exception {
    byte[] start = payload(10);
    FlowState state = EndedFlow.state(FLOW, 4, start);
    byte[] flow = FlowStateCodec.encode(state, null, Map.of());
    producer.beginTransaction();
    send(OTHER, LONG_AGO, new byte[] {'?'});
    send(new ProducerRecord<>(Topics.ARCHIVE, null, LONG_AGO, null, new byte[] {'A'}));
    send(FLOW, LONG_AGO, ArchiveCodec.encodeFlow(LONG_AGO, flow));
    FlowState other = archive(OTHER, 1, LONG_AGO);
    producer.commitTransaction();
    assertThatThrownBy(() -> find(FLOW, EndedFlow.stub(state, LONG_AGO)))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(UnreadableValueException.class)
        .hasMessageContaining("is missing");
    assertThat(find(OTHER, EndedFlow.stub(other, LONG_AGO))).isPresent();
  }

  @Test
  void everyWaitEndsWithTheStop() {
    long now = System.currentTimeMillis();
    reader.ends(ENDING, EndedFlow.stored(ENDING, 1));
    CompletableFuture<Optional<StoredFlow>> search =
        reader.find(FLOW, EndedFlow.stub(EndedFlow.state(FLOW, 1, payload(1)), now));
    reader.close();
    assertThat(search)
        .completesExceptionallyWithin(Duration.ofSeconds(60))
        .withThrowableThat()
        .isInstanceOf(CancellationException.class);
    assertThat(reader.find(FLOW, EndedFlow.stub(EndedFlow.state(FLOW, 1, payload(1)), now)))
        .isCancelled();
  }
}

package io.doundo.orchestrator.streams.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.streams.task.meter.EngineMeters;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The two ways in which a stream thread's producer differs from any other, on a real broker. */
class EngineProducerIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static TestBroker broker;

  /** Topics of their own for each test: a transaction may stay open in them. */
  private final String topic = "commands-" + UUID.randomUUID();

  private final String changelog = "doundo-" + UUID.randomUUID() + "-changelog";
  private int settled;
  private final ConsumerWatch watch = new ConsumerWatch(new EngineMeters(), () -> settled++);
  private Producer<byte[], byte[]> producer;
  private Consumer<byte[], byte[]> consumer;

  @BeforeAll
  static void startBroker() {
    broker = new TestBroker();
    broker.create(new NewTopic(Topics.FLOW_EVENTS, 1, (short) 1));
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void open() {
    broker.create(new NewTopic(topic, 1, (short) 1));
    broker.create(new NewTopic(changelog, 1, (short) 1));
    producer =
        watch.getProducer(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.bootstrap(),
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                "stream-thread-" + topic));
    consumer =
        watch.getConsumer(Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap()));
    consumer.assign(List.of(new TopicPartition(topic, 0)));
    producer.initTransactions();
  }

  @AfterEach
  void close() {
    consumer.close();
    producer.close(Duration.ZERO);
  }

  @Test
  void whatItHasGatheredLeavesWhenItsThreadReadsOn() {
    producer.beginTransaction();
    Future<RecordMetadata> first = send("first");
    consumer.poll(Duration.ZERO);
    await().atMost(PATIENCE).until(first::isDone);

    Future<RecordMetadata> second = send("second");
    consumer.poll(Duration.ZERO);
    await().atMost(PATIENCE).until(second::isDone);
  }

  @Test
  void whatIsReadOnceCommittedLetsCommandsGoBefore() throws Exception {
    producer.beginTransaction();
    Future<RecordMetadata> state = send(changelog, "state");
    Future<RecordMetadata> command = send("command");
    consumer.poll(Duration.ZERO);
    await().atMost(PATIENCE).until(command::isDone);
    Future<RecordMetadata> another = send("another");
    consumer.poll(Duration.ZERO);
    await().atMost(PATIENCE).until(another::isDone);
    assertThat(state).as("sent before two commands, it would be there").isNotDone();

    producer.commitTransaction();
    assertThat(state.get().offset()).isZero();
  }

  @Test
  void ofAKeyThatAChangelogChangesTwiceTheLastChangeIsSent() throws Exception {
    producer.beginTransaction();
    List<Long> told = new CopyOnWriteArrayList<>();
    Future<RecordMetadata> started = change("flow", "started", told);
    Future<RecordMetadata> another = change("another", "started", told);
    Future<RecordMetadata> ended = change("flow", null, told);
    producer.commitTransaction();

    assertThat(started.get().offset()).as("counts as written").isEqualTo(ended.get().offset());
    assertThat(another.get().offset()).isNotEqualTo(ended.get().offset());
    assertThat(told)
        .as("each send is told where it was written")
        .containsExactlyInAnyOrder(0L, 0L, 1L);
    assertThat(changes()).containsExactly("flow=null", "another=started");
  }

  @Test
  void theChangesOfTwoTransactionsAreBothSent() {
    for (String state : List.of("started", "goes on")) {
      producer.beginTransaction();
      Future<RecordMetadata> unused = change("flow", state, new CopyOnWriteArrayList<>());
      producer.commitTransaction();
    }
    assertThat(changes()).containsExactly("flow=started", "flow=goes on");
  }

  @Test
  void everyRecordOfTheAuditLogIsSent() throws Exception {
    producer.beginTransaction();
    Future<RecordMetadata> first = producer.send(event("started"), null);
    Future<RecordMetadata> second = producer.send(event("ended"), null);
    producer.commitTransaction();
    assertThat(second.get().offset()).isGreaterThan(first.get().offset());
  }

  @Test
  void commandsLeaveAfterTheLastRecordThatWasRead() {
    producer.beginTransaction();
    watch.hasRead(2);
    Future<RecordMetadata> first = send("first");
    watch.processedOne();
    assertThat(first).isNotDone();

    Future<RecordMetadata> second = send("second");
    watch.processedOne();
    await().atMost(PATIENCE).until(() -> first.isDone() && second.isDone());
  }

  @Test
  void muchOfItLeavesWhileItsThreadGoesOn() {
    producer.beginTransaction();
    Future<RecordMetadata> first = send("0");
    for (int i = 1; i < 500; i++) {
      Future<RecordMetadata> unused = send(Integer.toString(i));
    }
    await().atMost(PATIENCE).until(first::isDone);
  }

  @Test
  void aCommitLeavesNothingBehind() throws Exception {
    producer.beginTransaction();
    Future<RecordMetadata> first = send("first");
    Future<RecordMetadata> second = send("second");
    producer.commitTransaction();

    assertThat(first.get().offset()).isZero();
    assertThat(second.get().offset()).isOne();
    producer.beginTransaction();
    Future<RecordMetadata> third = send("third");
    producer.flush();
    assertThat(third).isDone();
  }

  @Test
  void afterAnAbortedTransactionThereIsNoOther() {
    producer.beginTransaction();
    producer.abortTransaction();

    assertThatThrownBy(producer::beginTransaction)
        .isInstanceOf(KafkaException.class)
        .hasMessageContaining("all its tasks return to the last committed state");
  }

  @Test
  void whatItHasWrittenIsSettledByACommit() {
    producer.beginTransaction();
    Future<RecordMetadata> unused = send("first");
    producer.flush();
    assertThat(settled).isZero();
    producer.commitTransaction();
    assertThat(settled).isOne();
  }

  @Test
  void whatWasAbortedIsSettledWhenTheTasksAreClosed() {
    producer.beginTransaction();
    producer.abortTransaction();
    assertThat(settled).as("the stores have it still").isZero();
    producer.close();
    assertThat(settled).isOne();
  }

  private Future<RecordMetadata> change(String key, @Nullable String value, List<Long> told) {
    return producer.send(
        new ProducerRecord<>(
            changelog, 0, key.getBytes(UTF_8), value == null ? null : value.getBytes(UTF_8)),
        (metadata, failure) -> told.add(metadata.offset()));
  }

  private static ProducerRecord<byte[], byte[]> event(String value) {
    return new ProducerRecord<>(
        Topics.FLOW_EVENTS, 0, "flow".getBytes(UTF_8), value.getBytes(UTF_8));
  }

  /** Everything that the changelog has, as key and value. */
  private List<String> changes() {
    TopicPartition partition = new TopicPartition(changelog, 0);
    try (Consumer<byte[], byte[]> reader =
        new KafkaConsumer<>(
            Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      reader.assign(List.of(partition));
      reader.seekToBeginning(List.of(partition));
      long end = reader.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      List<String> changes = new ArrayList<>();
      while (reader.position(partition) < end) {
        reader
            .poll(Duration.ofMillis(100))
            .forEach(
                each ->
                    changes.add(
                        new String(each.key(), UTF_8)
                            + "="
                            + (each.value() == null ? null : new String(each.value(), UTF_8))));
      }
      return changes;
    }
  }

  private Future<RecordMetadata> send(String command) {
    return send(topic, command);
  }

  private Future<RecordMetadata> send(String to, String value) {
    return producer.send(new ProducerRecord<>(to, value.getBytes(UTF_8)), null);
  }
}

package io.doundo.orchestrator.streams.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.streams.task.meter.EngineMeters;
import io.doundo.orchestrator.testing.TestBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The two ways in which a stream thread's producer differs from any other, on a real broker. */
class EngineProducerIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

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

  private Future<RecordMetadata> send(String command) {
    return send(topic, command);
  }

  private Future<RecordMetadata> send(String to, String value) {
    return producer.send(new ProducerRecord<>(to, value.getBytes(UTF_8)), null);
  }
}

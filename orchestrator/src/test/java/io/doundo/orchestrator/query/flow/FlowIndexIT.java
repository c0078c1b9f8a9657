package io.doundo.orchestrator.query.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.streams.state.FlowBytes;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The lists of flows, built from real topics. */
class FlowIndexIT {

  private static final Orchestration ONE_STEP = TestDefinitions.chain("order", "pay");
  private static final String CHANGELOG = "flows-changelog";
  private static final int MAX_FLOWS = 10;
  private static final int PARTITIONS = 2;

  private final AtomicInteger unreadable = new AtomicInteger();
  private TestBroker broker;
  private Producer<byte[], byte[]> producer;
  private FlowIndex index;

  @BeforeEach
  void open() {
    broker = new TestBroker();
    broker.create(
        new NewTopic(CHANGELOG, PARTITIONS, (short) 1),
        new NewTopic(Topics.ARCHIVE, PARTITIONS, (short) 1),
        new NewTopic(Topics.DEAD_LETTER, 1, (short) 1));
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrap()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    index =
        new FlowIndex(
            new ReadConsumers(broker.bootstrap(), Map.of()),
            CHANGELOG,
            MAX_FLOWS,
            Duration.ofDays(1),
            new FlowIndex.Listener() {
              @Override
              public void onUnreadable() {
                unreadable.incrementAndGet();
              }
            });
  }

  @AfterEach
  void close() {
    index.close();
    producer.close();
    broker.close();
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
    await().atMost(Duration.ofSeconds(30)).until(index::caughtUp);
  }

  @Test
  void theLatestFlowsOfALongArchiveAreRead() throws Exception {
    for (int i = 0; i < 500; i++) {
      end(i);
    }
    read();
    assertThat(index.all()).hasSize(MAX_FLOWS);
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
    assertThat(index.all()).hasSize(2);
    assertThat(unreadable).hasValue(2);
    // From the beginning again, as after a consumer error.
    index.readAgain();
    end(2);
    await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(index.all()).hasSize(3));
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
    assertThat(index.all()).hasSize(MAX_FLOWS);
    assertThat(index.overflowed()).isFalse();
  }
}

package io.doundo.orchestrator.query.timeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.timeline.FlowTimeline.Timeline;
import io.doundo.orchestrator.query.timeline.TimelineWindows.Window;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The log of a flow that waited for three days is read without what happened meanwhile. */
class TimelineReadIT {

  private static final TopicPartition PARTITION = new TopicPartition(Topics.FLOW_EVENTS, 0);
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final int OTHERS_A_DAY = 3_000;

  private static TestBroker broker;

  private final long now = System.currentTimeMillis();
  private final long start = now - 3 * DAY;
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
    broker.create(
        new NewTopic(Topics.FLOW_EVENTS, 1, (short) 1)
            .configs(
                Map.of("segment.bytes", String.valueOf(1 << 20), "index.interval.bytes", "64")));
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
    consumer =
        new ReadConsumers(broker.bootstrap(), Map.of())
            .open("test", Map.of(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 100));
    consumer.assign(List.of(PARTITION));
  }

  @AfterEach
  void close() {
    consumer.close();
    producer.close();
    broker.delete(List.of(Topics.FLOW_EVENTS));
  }

  @Test
  void threeDaysInBetweenAreNotRead() {
    write(1, start);
    write(2, start + 100);
    others(start + 1_000, 3);
    write(3, now);
    producer.flush();
    Timeline timeline = read(3, new Window(start - 100, start + 200));
    assertThat(timeline.records()).extracting(AuditRecord::transition).containsExactly(1, 2, 3);
    assertThat(timeline.complete()).isTrue();
    assertThat(recordsRead()).isLessThan(OTHERS_A_DAY);
  }

  @Test
  void whatTheStateDoesNotTellIsFoundInBetween() {
    write(1, start);
    others(start + 1_000, 1);
    write(2, start + DAY + 5_000);
    others(start + DAY + 10_000, 1);
    write(3, now);
    producer.flush();
    Timeline timeline = read(3, new Window(start - 100, start + 200));
    assertThat(timeline.records()).extracting(AuditRecord::transition).containsExactly(1, 2, 3);
    assertThat(timeline.complete()).isTrue();
  }

  @Test
  void aLogThatIsNoLongerKeptThatFarBackIsNotComplete() {
    write(2, start);
    write(3, now);
    producer.flush();
    Timeline timeline = read(3, new Window(start - 100, start + 200));
    assertThat(timeline.records()).extracting(AuditRecord::transition).containsExactly(2, 3);
    assertThat(timeline.complete()).isFalse();
  }

  private Timeline read(int transitions, Window first) {
    return new TimelineRead(consumer, PARTITION, "flow", transitions, record -> true)
        .read(List.of(first, new Window(now - 1_000, Long.MAX_VALUE)));
  }

  private double recordsRead() {
    return consumer.metrics().values().stream()
        .filter(metric -> metric.metricName().name().equals("records-consumed-total"))
        .filter(metric -> !metric.metricName().tags().containsKey("topic"))
        .mapToDouble(metric -> ((Number) metric.metricValue()).doubleValue())
        .sum();
  }

  private void others(long from, int days) {
    int count = OTHERS_A_DAY * days;
    for (int i = 0; i < count; i++) {
      send("other-" + i, i, from + i * (days * DAY - 2_000) / count);
    }
  }

  private void write(int transition, long at) {
    send("flow", transition, at);
  }

  private void send(String flowId, int transition, long at) {
    byte[] value =
        new AuditRecord(
                flowId,
                "0".repeat(32),
                "order",
                null,
                transition,
                at,
                "IN_PROGRESS",
                RawJson.trusted(new byte[] {'{', '}'}),
                List.of(),
                List.of())
            .encode();
    Future<?> unused =
        producer.send(
            new ProducerRecord<>(Topics.FLOW_EVENTS, 0, at, flowId.getBytes(UTF_8), value));
  }
}

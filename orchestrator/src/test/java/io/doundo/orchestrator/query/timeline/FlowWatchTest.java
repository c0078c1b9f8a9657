package io.doundo.orchestrator.query.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlowWatchTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String FLOW = "flow-1";
  private static final TopicPartition PARTITION = new TopicPartition(Topics.FLOW_EVENTS, 0);

  private final List<MockConsumer<byte[], byte[]>> opened = new CopyOnWriteArrayList<>();
  private final FlowWatch watch = new FlowWatch(this::open, true);

  private Consumer<byte[], byte[]> open() {
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    Node node = new Node(0, "broker", 9092);
    Node[] nodes = {node};
    consumer.updatePartitions(
        Topics.FLOW_EVENTS, List.of(new PartitionInfo(Topics.FLOW_EVENTS, 0, node, nodes, nodes)));
    consumer.updateEndOffsets(Map.of(PARTITION, 0L));
    opened.add(consumer);
    return consumer;
  }

  @AfterEach
  void close() {
    watch.close();
    assertThat(opened).allMatch(MockConsumer::closed);
  }

  private void happens(MockConsumer<byte[], byte[]> consumer) {
    AuditRecord record =
        new AuditRecord(
            FLOW, "i", "order", null, 1, 1, "COMPLETED", RawJson.EMPTY_OBJECT, List.of());
    consumer.addRecord(
        new ConsumerRecord<>(
            PARTITION.topic(),
            PARTITION.partition(),
            0,
            FLOW.getBytes(StandardCharsets.UTF_8),
            record.encode()));
  }

  /** Notes what it is told. */
  private static class Notes implements FlowWatch.Listener {

    final List<String> told = new CopyOnWriteArrayList<>();

    @Override
    public void on(AuditRecord record) {
      told.add(record.status());
    }

    @Override
    public void onEnd(String reason) {
      told.add(reason);
    }
  }

  @Test
  void afterAnErrorThoseWhoWaitAreToldAndOthersMayWait() {
    Notes fails =
        new Notes() {
          @Override
          public void on(AuditRecord record) {
            throw new StackOverflowError("on purpose");
          }
        };
    var unused = watch.subscribe(FLOW, fails);
    happens(opened.get(0));
    await().atMost(PATIENCE).until(() -> !fails.told.isEmpty());
    assertThat(fails.told).containsExactly("The audit log could not be read: on purpose");
    Notes next = new Notes();
    var unusedToo = watch.subscribe(FLOW, next);
    assertThat(opened).hasSize(2);
    happens(opened.get(1));
    await().atMost(PATIENCE).until(() -> !next.told.isEmpty());
    assertThat(next.told).containsExactly("COMPLETED");
  }

  @Test
  void whoeverCannotBeToldOfATransitionKeepsNobodyElseFromHearingOfIt() {
    Notes fails =
        new Notes() {
          @Override
          public void on(AuditRecord record) {
            throw new IllegalStateException("on purpose");
          }
        };
    Notes other = new Notes();
    var unused = watch.subscribe(FLOW, fails);
    var unusedToo = watch.subscribe(FLOW, other);
    happens(opened.get(0));
    await().atMost(PATIENCE).until(() -> !other.told.isEmpty());
    assertThat(fails.told).containsExactly("The audit log could not be read: on purpose");
    assertThat(other.told).containsExactly("COMPLETED");
    assertThat(opened).as("the same reader goes on").hasSize(1);
  }

  @Test
  void whoeverCannotBeToldOfTheEndKeepsNobodyElseFromBeingTold() {
    Notes fails =
        new Notes() {
          @Override
          public void onEnd(String reason) {
            throw new IllegalStateException("on purpose");
          }
        };
    Notes other = new Notes();
    var unused = watch.subscribe(FLOW, fails);
    var unusedToo = watch.subscribe(FLOW, other);
    watch.close();
    assertThat(other.told).containsExactly("The orchestrator is stopping.");
  }
}

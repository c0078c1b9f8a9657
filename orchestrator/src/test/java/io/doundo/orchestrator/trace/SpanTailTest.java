package io.doundo.orchestrator.trace;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.streams.TraceSampling;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SpanTailTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final TopicPartition PARTITION = new TopicPartition(Topics.FLOW_EVENTS, 0);
  private static final String INCARNATION = "0123456789abcdef0123456789abcdef";

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private final List<TraceSpan> exported = new CopyOnWriteArrayList<>();
  private final SpanTail tail =
      new SpanTail(
          () -> consumer,
          TraceSampling.ALL,
          new SpanTail.SpanSink() {
            @Override
            public boolean export(List<TraceSpan> spans) {
              return exported.addAll(spans);
            }

            @Override
            public void close() {}
          });

  @AfterEach
  void close() {
    tail.close();
  }

  private void append(long offset, byte[] value) {
    consumer.addRecord(
        new ConsumerRecord<>(
            PARTITION.topic(), PARTITION.partition(), offset, "f".getBytes(UTF_8), value));
  }

  private static byte[] started(String incarnation) {
    return new AuditRecord(
            "f",
            incarnation,
            "order",
            null,
            1,
            1_790_000_000_000L,
            "IN_PROGRESS",
            RawJson.EMPTY_OBJECT,
            List.of())
        .encode();
  }

  @Test
  void aRecordThatIsNotOursDoesNotEndTheTraces() {
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.schedulePollTask(
        () -> {
          consumer.rebalance(List.of(PARTITION));
          append(0, started("no hash"));
          append(1, "no audit record".getBytes(UTF_8));
          append(2, started(INCARNATION));
        });
    tail.start();
    await().atMost(PATIENCE).until(() -> !exported.isEmpty());
    assertThat(exported).extracting(TraceSpan::traceId).containsExactly(INCARNATION);
  }
}

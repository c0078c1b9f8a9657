package io.doundo.worker.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.FlowEnd;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of those who wait when reading fails. */
class FlowEndsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final TopicPartition EVENTS = new TopicPartition(Topics.FLOW_EVENTS, 0);
  private static final TopicPartition LETTERS = new TopicPartition(Topics.DEAD_LETTER, 0);

  private final List<Log> opened = new CopyOnWriteArrayList<>();
  private final Queue<Runnable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong now = new AtomicLong();
  private final FlowEnds ends = new FlowEnds(this::open, now::get);

  /** The one event that was there before anybody read, if any. */
  private @Nullable ConsumerRecord<byte[], byte[]> earlier;

  /** An audit log and dead letters of one partition each; each fails as it is told to. */
  private static final class Log extends MockConsumer<byte[], byte[]> {

    private final @Nullable ConsumerRecord<byte[], byte[]> earlier;

    Log(@Nullable ConsumerRecord<byte[], byte[]> earlier) {
      super("none");
      this.earlier = earlier;
      Node node = new Node(0, "broker", 9092);
      Node[] nodes = {node};
      for (TopicPartition partition : List.of(EVENTS, LETTERS)) {
        updatePartitions(
            partition.topic(),
            List.of(new PartitionInfo(partition.topic(), 0, node, nodes, nodes)));
        updateBeginningOffsets(Map.of(partition, 0L));
        updateEndOffsets(Map.of(partition, 0L));
      }
      if (earlier != null) {
        updateEndOffsets(Map.of(EVENTS, 1L));
      }
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
        Map<TopicPartition, Long> times) {
      return earlier == null || times.getOrDefault(EVENTS, Long.MAX_VALUE) > earlier.timestamp()
          ? Map.of()
          : Map.of(EVENTS, new OffsetAndTimestamp(0, earlier.timestamp()));
    }

    @Override
    public synchronized void seek(TopicPartition partition, long offset) {
      super.seek(partition, offset);
      ConsumerRecord<byte[], byte[]> event = earlier;
      if (event != null && partition.equals(EVENTS) && offset == 0) {
        schedulePollTask(() -> addRecord(event));
      }
    }
  }

  private Consumer<byte[], byte[]> open() {
    Log log = new Log(earlier);
    Runnable failure = failures.poll();
    if (failure != null) {
      log.schedulePollTask(failure);
    }
    opened.add(log);
    return log;
  }

  @AfterEach
  void close() {
    ends.close();
  }

  private CompletableFuture<FlowEnd> endOf(String flowId) {
    return ends.of(start(flowId));
  }

  private static WatchedStart start(String flowId) {
    return new WatchedStart(flowId, false, "order", RawJson.EMPTY_OBJECT, Instant.now());
  }

  private static byte[] completed(String flowId) {
    return new AuditRecord(
            flowId, "i", "order", null, 1, 1, "COMPLETED", RawJson.EMPTY_OBJECT, List.of())
        .encode();
  }

  private static void completes(Log log, String flowId) {
    ConsumerRecord<byte[], byte[]> event =
        new ConsumerRecord<>(EVENTS.topic(), 0, 0, flowId.getBytes(UTF_8), completed(flowId));
    log.schedulePollTask(() -> log.addRecord(event));
  }

  /** The flow has ended, soon after the broker got its start. */
  private void endedAt(Instant time, String flowId) {
    byte[] key = flowId.getBytes(UTF_8);
    byte[] value = completed(flowId);
    earlier =
        new ConsumerRecord<>(
            EVENTS.topic(),
            0,
            0,
            time.toEpochMilli(),
            TimestampType.CREATE_TIME,
            key.length,
            value.length,
            key,
            value,
            new RecordHeaders(),
            Optional.empty());
  }

  private static RecordMetadata appendedAt(Instant time) {
    return new RecordMetadata(
        new TopicPartition(Topics.EXECUTION_START, 0), 7, 0, time.toEpochMilli(), 6, 100);
  }

  @Test
  void afterAFailureItReadsOnWithAnotherConsumer() {
    failures.add(
        () -> {
          throw new IllegalStateException("on purpose");
        });
    CompletableFuture<FlowEnd> end = endOf("flow-1");
    await().atMost(PATIENCE).until(() -> opened.size() == 2);
    completes(opened.get(1), "flow-1");
    assertThat(end)
        .succeedsWithin(PATIENCE)
        .extracting(FlowEnd::status)
        .isEqualTo(FlowEnd.Status.COMPLETED);
    assertThat(opened.get(0).closed()).isTrue();
  }

  @Test
  void anErrorFailsThoseWhoWaitAndTheNextOneMayWaitAgain() {
    failures.add(
        () -> {
          throw new StackOverflowError("on purpose");
        });
    assertThat(endOf("flow-1"))
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .withMessageContaining("reading the ends of flows has stopped");
    CompletableFuture<FlowEnd> end = endOf("flow-2");
    await().atMost(PATIENCE).until(() -> opened.size() == 2);
    completes(opened.get(1), "flow-2");
    assertThat(end).succeedsWithin(PATIENCE);
  }

  @Test
  void aClockThatIsAheadOfTheBrokersMissesNoEndOfAnAcceptedStart() {
    Instant broker = Instant.now().minus(Duration.ofMinutes(10));
    endedAt(broker.plusMillis(60), "flow-1");
    WatchedStart start = start("flow-1");
    start.standsAt(appendedAt(broker));
    ends.accepted(start);

    assertThat(ends.of(start)).succeedsWithin(PATIENCE);
  }

  @Test
  void aClockThatIsAheadOfTheBrokersMissesNoEndOfAStartThatIsAcceptedWhileItIsWaitedFor() {
    Instant broker = Instant.now().minus(Duration.ofMinutes(10));
    endedAt(broker.plusMillis(60), "flow-1");
    WatchedStart start = start("flow-1");
    CompletableFuture<FlowEnd> end = ends.of(start);
    await().atMost(PATIENCE).until(() -> opened.size() == 1 && hasBegun(opened.get(0)));
    assertThat(end).as("nothing is as young as this machine's clock says").isNotDone();

    start.standsAt(appendedAt(broker));
    ends.accepted(start);
    assertThat(end).succeedsWithin(PATIENCE);
  }

  private static boolean hasBegun(Log log) {
    return log.assignment().contains(EVENTS) && log.position(EVENTS) == 1;
  }

  @Test
  void whileNobodyWaitsNothingIsRead() {
    CompletableFuture<FlowEnd> end = endOf("flow-1");
    await().atMost(PATIENCE).until(() -> opened.size() == 1);
    now.addAndGet(10 * FlowEnds.IDLE.toNanos());
    completes(opened.get(0), "flow-1");
    assertThat(end).as("it is read as long as somebody waits").succeedsWithin(PATIENCE);
    assertThat(opened).hasSize(1);

    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              // Its thread tells the end before it notes that nobody waits any more.
              now.addAndGet(FlowEnds.IDLE.toNanos());
              return opened.get(0).closed();
            });
    CompletableFuture<FlowEnd> next = endOf("flow-2");
    await().atMost(PATIENCE).until(() -> opened.size() == 2);
    completes(opened.get(1), "flow-2");
    assertThat(next).succeedsWithin(PATIENCE);
  }

  @Test
  void aWaitThatWasGivenUpKeepsNothingRead() {
    WatchedStart start = start("flow-1");
    CompletableFuture<FlowEnd> end = ends.of(start);
    await().atMost(PATIENCE).until(() -> opened.size() == 1);
    ends.forget(start);
    now.addAndGet(FlowEnds.IDLE.toNanos());
    await().atMost(PATIENCE).until(() -> opened.get(0).closed());
    assertThat(end).isNotDone();
  }
}

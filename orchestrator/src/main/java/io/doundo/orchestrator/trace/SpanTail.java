package io.doundo.orchestrator.trace;

import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.TailThread;
import io.doundo.orchestrator.streams.TraceSampling;
import io.doundo.orchestrator.trace.UnsampledFlows.Stored;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the committed audit log and exports the spans that it tells of. The instances share the
 * partitions as a consumer group; what was read counts as read only when its spans were taken by
 * the receiver and nothing in it is needed any more, so that another instance goes on with the same
 * knowledge. Spans are exported again after a crash, with the same ids and contents. Its own thread
 * does everything.
 */
public final class SpanTail implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SpanTail.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final Duration COMMIT = Duration.ofSeconds(5);
  private static final Duration TELL_AGAIN = Duration.ofMinutes(1);

  /** Takes finished spans. */
  public interface SpanSink extends AutoCloseable {

    /** Whether the receiver has them; if not, they are exported again later. */
    boolean export(List<TraceSpan> spans);

    @Override
    void close();
  }

  private final TraceSampling sampling;
  private final SpanSink sink;
  private final TailThread tail;

  // Touched by the reading thread only.
  private final Map<TopicPartition, AuditSpans> traces = new HashMap<>();
  private final AuditSpans.Budget budget = new AuditSpans.Budget();
  private final Map<TopicPartition, Long> committed = new HashMap<>();
  private final List<TraceSpan> pending = new ArrayList<>();
  private long committedAt;
  private long toldAt;

  /**
   * @param group the consumer group that the instances share
   */
  public SpanTail(ReadConsumers consumers, String group, TraceSampling sampling, SpanSink sink) {
    this(() -> open(consumers, group), sampling, sink);
  }

  SpanTail(Supplier<Consumer<byte[], byte[]>> consumers, TraceSampling sampling, SpanSink sink) {
    this.sampling = sampling;
    this.sink = sink;
    this.tail =
        new TailThread(
            "doundo-traces", consumers, this::follow, "The audit log cannot be read for traces");
  }

  /** Begins to read; the topic must exist. */
  public void start() {
    tail.start();
  }

  private void follow(Consumer<byte[], byte[]> consumer) {
    forgetEverything();
    consumer.subscribe(List.of(Topics.FLOW_EVENTS), new Partitions(consumer));
    while (!tail.isStopped()) {
      poll(consumer);
    }
    commit(consumer);
  }

  private static Consumer<byte[], byte[]> open(ReadConsumers consumers, String group) {
    return consumers.open(
        "doundo-traces",
        Map.of(
            ConsumerConfig.GROUP_ID_CONFIG,
            group,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            // What happened before traces were wanted is not told.
            "latest",
            // Soon after a first start the topic is there.
            ConsumerConfig.METADATA_MAX_AGE_CONFIG,
            10_000,
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            2_000,
            ConsumerConfig.FETCH_MIN_BYTES_CONFIG,
            64 * 1024,
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            (int) POLL.toMillis()));
  }

  private void poll(Consumer<byte[], byte[]> consumer) {
    // The polls go on while the receiver is away, or the group would give the partitions away.
    boolean isHeldUp = !pending.isEmpty();
    if (isHeldUp) {
      consumer.pause(consumer.assignment());
    } else {
      consumer.resume(consumer.paused());
    }
    consumer.poll(isHeldUp ? RETRY : POLL).forEach(this::take);
    if (!pending.isEmpty()) {
      export();
    }
    if (pending.isEmpty() && System.nanoTime() - committedAt >= COMMIT.toNanos()) {
      commit(consumer);
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null || !AuditRecord.isOfFlow(record.key())) {
      return;
    }
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    AuditSpans spans =
        traces.computeIfAbsent(partition, unused -> new AuditSpans(sampling, budget));
    Stored stored = new Stored(record.offset(), record.timestamp(), record.value());
    try {
      spans.due(stored).forEach(due -> take(partition, due, spans));
    } catch (RuntimeException e) {
      // Others may write to the topic, and reading it again would fail again.
      LOG.warn("Audit record {} at offset {} has no spans", partition, record.offset(), e);
    }
  }

  private void take(TopicPartition partition, Stored record, AuditSpans spans) {
    try {
      pending.addAll(spans.take(record.offset(), AuditRecord.decode(record.value())));
    } catch (MalformedRecordException e) {
      LOG.warn("Audit record {} at offset {}: {}", partition, record.offset(), e.reason());
    } catch (RuntimeException e) {
      LOG.warn("Audit record {} at offset {} has no spans", partition, record.offset(), e);
    }
  }

  private void export() {
    if (sink.export(List.copyOf(pending))) {
      pending.clear();
    } else if (System.nanoTime() - toldAt >= TELL_AGAIN.toNanos()) {
      toldAt = System.nanoTime();
      LOG.warn(
          "{} spans could not be exported; they are kept and exported again. Flows are not affected",
          pending.size());
    }
  }

  /** What is still needed is read again after a restart. */
  private void commit(Consumer<byte[], byte[]> consumer) {
    if (!pending.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (TopicPartition partition : consumer.assignment()) {
      long position = consumer.position(partition);
      AuditSpans spans = traces.get(partition);
      long needed = spans == null ? position : spans.needed(position);
      if (!Long.valueOf(needed).equals(committed.put(partition, needed))) {
        offsets.put(partition, new OffsetAndMetadata(needed));
      }
    }
    if (!offsets.isEmpty()) {
      consumer.commitSync(offsets);
    }
    committedAt = System.nanoTime();
  }

  private void forgetEverything() {
    traces.values().forEach(AuditSpans::close);
    traces.clear();
    committed.clear();
    pending.clear();
  }

  /** Another instance goes on from what is committed. */
  private final class Partitions implements ConsumerRebalanceListener {

    private final Consumer<byte[], byte[]> consumer;

    Partitions(Consumer<byte[], byte[]> consumer) {
      this.consumer = consumer;
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      commit(consumer);
      onPartitionsLost(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      for (TopicPartition partition : partitions) {
        AuditSpans left = traces.remove(partition);
        if (left != null) {
          left.close();
        }
      }
      committed.keySet().removeAll(partitions);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      onPartitionsLost(partitions);
    }
  }

  @Override
  public void close() {
    // What was read is committed first.
    tail.stopAfterPoll();
    sink.close();
  }
}

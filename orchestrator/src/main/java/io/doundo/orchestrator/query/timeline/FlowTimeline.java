package io.doundo.orchestrator.query.timeline;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.query.ReaderPool;
import io.doundo.orchestrator.query.flow.Flows;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.json.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a flow's audit log from the topic, committed records only. There is no index: it scans the
 * flow's partition from the time the flow started, for a bounded time. Thread-safe.
 */
public final class FlowTimeline {

  private static final Logger LOG = LoggerFactory.getLogger(FlowTimeline.class);

  /** The longest scan. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** How long records are waited for that are written but not committed yet. */
  private static final Duration COMMIT_WAIT = Duration.ofSeconds(2);

  private static final Duration POLL = Duration.ofMillis(50);

  /** Covers clocks that differ between the orchestrator and the broker. */
  private static final Duration CLOCK_SKEW = Duration.ofSeconds(30);

  private final ReaderPool readers;
  private final Flows flows;
  private final boolean audited;

  /**
   * @param audited whether an audit log is written
   */
  public FlowTimeline(ReaderPool readers, Flows flows, boolean audited) {
    this.readers = readers;
    this.flows = flows;
    this.audited = audited;
  }

  /**
   * The part of a flow's log that was found.
   *
   * @param complete false when the scan had to end before it had all of it, or when the log is no
   *     longer kept that far back
   */
  public record Timeline(List<AuditRecord> records, boolean complete) {
    public List<TimelineEntry> entries() {
      return records.stream().flatMap(record -> TimelineEntry.of(record).stream()).toList();
    }
  }

  /**
   * The log of this life of the flow, as far as its state has come; empty for no such flow.
   *
   * @throws AuditOffException when no audit log is written
   */
  public Optional<Timeline> of(String flowId) {
    requireAudit();
    return flows.stored(flowId).map(flow -> of(flow.state()));
  }

  private void requireAudit() {
    if (!audited) {
      throw new AuditOffException();
    }
  }

  private Timeline of(FlowState state) {
    Predicate<AuditRecord> wanted = record -> record.incarnation().equals(state.incarnation());
    return scan(state.flowId(), state.origin().startedAt(), state.transitions(), wanted);
  }

  /**
   * The log of a flow whose state is no longer kept: everything under its flowId from a point in
   * time on.
   *
   * @throws AuditOffException when no audit log is written
   */
  public Timeline since(String flowId, Instant from) {
    requireAudit();
    return scan(flowId, from.toEpochMilli(), Integer.MAX_VALUE, record -> true);
  }

  private Timeline scan(String flowId, long from, int transitions, Predicate<AuditRecord> wanted) {
    return readers.read(
        consumer -> {
          TopicPartition partition = FlowEventsTopic.partitionOf(flowId, consumer);
          consumer.assign(List.of(partition));
          seek(consumer, partition, from - CLOCK_SKEW.toMillis());
          return new Scan(consumer, partition, flowId, transitions, wanted).run();
        });
  }

  private static void seek(Consumer<byte[], byte[]> consumer, TopicPartition partition, long from) {
    OffsetAndTimestamp at = consumer.offsetsForTimes(Map.of(partition, from)).get(partition);
    if (at == null) {
      consumer.seekToEnd(List.of(partition));
    } else {
      consumer.seek(partition, at.offset());
    }
  }

  /** One pass over the partition. */
  private static final class Scan {
    private final Consumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private final byte[] key;
    private final int transitions;
    private final Predicate<AuditRecord> wanted;

    private final List<AuditRecord> found = new ArrayList<>();
    private boolean reachedLast;
    private boolean unreadable;

    Scan(
        Consumer<byte[], byte[]> consumer,
        TopicPartition partition,
        String flowId,
        int transitions,
        Predicate<AuditRecord> wanted) {
      this.consumer = consumer;
      this.partition = partition;
      this.key = flowId.getBytes(StandardCharsets.UTF_8);
      this.transitions = transitions;
      this.wanted = wanted;
    }

    Timeline run() {
      long begin = System.nanoTime();
      long end = endOffset();
      long caughtUpAt = 0;
      while (!reachedLast && since(begin).compareTo(LIMIT) < 0) {
        consumer.poll(POLL).forEach(this::take);
        if (consumer.position(partition) < end) {
          continue;
        }
        if (transitions == Integer.MAX_VALUE) {
          reachedLast = true;
        } else if (caughtUpAt == 0) {
          caughtUpAt = System.nanoTime();
        } else if (since(caughtUpAt).compareTo(COMMIT_WAIT) > 0) {
          break;
        }
      }
      boolean fromFirst = !found.isEmpty() && found.get(0).transition() == 1;
      return new Timeline(List.copyOf(found), fromFirst && reachedLast && !unreadable);
    }

    private long endOffset() {
      Long end = consumer.endOffsets(List.of(partition)).get(partition);
      return Objects.requireNonNull(end, "end offset of " + partition);
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
      if (!Arrays.equals(key, record.key()) || record.value() == null) {
        return;
      }
      try {
        AuditRecord audit = AuditRecord.decode(record.value());
        if (wanted.test(audit)) {
          found.add(audit);
          reachedLast |= audit.transition() >= transitions;
        }
      } catch (MalformedRecordException e) {
        unreadable = true;
        LOG.warn("Audit record {} at offset {}: {}", partition, record.offset(), e.reason());
      }
    }

    private static Duration since(long nanos) {
      return Duration.ofNanos(System.nanoTime() - nanos);
    }
  }
}

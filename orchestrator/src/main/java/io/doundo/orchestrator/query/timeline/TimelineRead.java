package io.doundo.orchestrator.query.timeline;

import io.doundo.orchestrator.query.timeline.FlowTimeline.Timeline;
import io.doundo.orchestrator.query.timeline.TimelineWindows.Window;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.json.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One read of a flow's log from its partition, with a consumer that has it assigned. */
final class TimelineRead {

  /** Everything, however many transitions there are. */
  static final int ALL = Integer.MAX_VALUE;

  private static final Logger LOG = LoggerFactory.getLogger(TimelineRead.class);

  /** The longest read. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** How long records are waited for that are written but not committed yet. */
  private static final Duration COMMIT_WAIT = Duration.ofSeconds(2);

  private static final Duration POLL = Duration.ofMillis(50);

  private final Consumer<byte[], byte[]> consumer;
  private final TopicPartition partition;
  private final byte[] key;
  private final int transitions;
  private final Predicate<AuditRecord> wanted;
  private final long begin = System.nanoTime();

  /** By their offsets. */
  private final TreeMap<Long, AuditRecord> found = new TreeMap<>();

  /** What was read: from each offset up to another one, exclusive. */
  private final TreeMap<Long, Long> pieces = new TreeMap<>();

  private boolean reachedLast;
  private boolean unreadable;

  /** The time was over before everything was read that may be part of it. */
  private boolean isCutShort;

  /**
   * @param transitions how many the flow has made, or {@link #ALL}
   */
  TimelineRead(
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

  /** Everything from a point in time on, ms since the epoch. */
  Timeline readSince(long from) {
    seek(from);
    readToEnd();
    return timeline();
  }

  /** What is in these windows, the last of which has no end, and what is missing in between. */
  Timeline read(List<Window> windows) {
    for (Window window : windows.subList(0, windows.size() - 1)) {
      seek(window.from());
      readUntil(window.to());
    }
    seek(windows.get(windows.size() - 1).from());
    readToEnd();
    fillGaps();
    return timeline();
  }

  private Timeline timeline() {
    List<AuditRecord> records = List.copyOf(found.values());
    boolean all =
        !records.isEmpty()
            && records.get(0).transition() == 1
            && reachedLast
            && !unreadable
            && !isCutShort;
    return new Timeline(records, all);
  }

  private void seek(long from) {
    OffsetAndTimestamp at = consumer.offsetsForTimes(Map.of(partition, from)).get(partition);
    long offset = at == null ? endOffset() : at.offset();
    // What was read before is not read again.
    Map.Entry<Long, Long> before = pieces.floorEntry(offset);
    consumer.seek(partition, before == null ? offset : Math.max(offset, before.getValue()));
  }

  private void readUntil(long to) {
    long first = consumer.position(partition);
    long end = endOffset();
    boolean passed = false;
    while (!passed && consumer.position(partition) < end && isInTime()) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        take(record);
        passed |= record.timestamp() > to;
      }
    }
    pieces.put(first, consumer.position(partition));
  }

  private void readToEnd() {
    long first = consumer.position(partition);
    long end = endOffset();
    long caughtUpAt = 0;
    while (!reachedLast && isInTime()) {
      consumer.poll(POLL).forEach(this::take);
      if (consumer.position(partition) < end) {
        continue;
      }
      if (transitions == ALL) {
        reachedLast = true;
      } else if (caughtUpAt == 0) {
        caughtUpAt = System.nanoTime();
      } else if (since(caughtUpAt).compareTo(COMMIT_WAIT) > 0) {
        break;
      }
    }
    pieces.put(first, consumer.position(partition));
  }

  private void fillGaps() {
    for (Gap gap : gaps()) {
      long from = gap.from;
      // Pieces that were read lie in between.
      for (Map.Entry<Long, Long> piece : List.copyOf(pieces.subMap(gap.from, gap.to).entrySet())) {
        readOffsets(from, piece.getKey());
        from = Math.max(from, piece.getValue());
      }
      readOffsets(from, gap.to);
    }
  }

  /** Between the records of two transitions that do not follow each other. */
  private record Gap(long from, long to) {}

  private List<Gap> gaps() {
    List<Gap> gaps = new ArrayList<>();
    Map.Entry<Long, AuditRecord> before = null;
    for (Map.Entry<Long, AuditRecord> record : found.entrySet()) {
      if (before != null && record.getValue().transition() > before.getValue().transition() + 1) {
        Map.Entry<Long, Long> piece = pieces.floorEntry(before.getKey());
        long read = piece == null ? 0 : piece.getValue();
        gaps.add(new Gap(Math.max(before.getKey() + 1, read), record.getKey()));
      }
      before = record;
    }
    return gaps;
  }

  private void readOffsets(long from, long to) {
    if (from >= to) {
      return;
    }
    consumer.seek(partition, from);
    while (consumer.position(partition) < to && isInTime()) {
      consumer.poll(POLL).forEach(this::take);
    }
    isCutShort |= consumer.position(partition) < to;
    pieces.put(from, consumer.position(partition));
  }

  private boolean isInTime() {
    return since(begin).compareTo(LIMIT) < 0;
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
        found.put(record.offset(), audit);
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

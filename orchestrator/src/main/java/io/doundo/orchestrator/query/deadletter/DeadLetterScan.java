package io.doundo.orchestrator.query.deadletter;

import io.doundo.orchestrator.query.TopicPartitions;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Finds the newest dead letters over all partitions. It reads one partition at a time, from the end
 * in growing strides, and keeps what it would show, so that large records are never held together.
 * Offsets also number what no reader sees, such as the ends of transactions, so it goes back until
 * it has enough records, not enough offsets. Used once.
 */
final class DeadLetterScan {

  private static final Duration POLL = Duration.ofMillis(200);

  /** The first stride is this much longer than an even share, for what no reader sees. */
  private static final int SPARE = 8;

  private final Consumer<byte[], byte[]> consumer;
  private final DeadLetterViews views;
  private final DeadLetterFilter filter;
  private final int limit;
  private final @Nullable DeadLetterCursor cursor;
  private final long giveUpAt;

  /** The newest found so far, the oldest of them first. */
  private final PriorityQueue<Found> newest =
      new PriorityQueue<>(
          Comparator.comparingLong(Found::at)
              .thenComparingLong(Found::offset)
              .thenComparingInt(Found::partition));

  DeadLetterScan(
      Consumer<byte[], byte[]> consumer,
      DeadLetterViews views,
      DeadLetterFilter filter,
      int limit,
      @Nullable DeadLetterCursor cursor,
      Duration longest) {
    this.consumer = consumer;
    this.views = views;
    this.filter = filter;
    this.limit = limit;
    this.cursor = cursor;
    this.giveUpAt = System.nanoTime() + longest.toNanos();
  }

  /**
   * @param at when it was dead-lettered, or the earliest time that stands behind it in its
   *     partition: so in one partition what was dead-lettered later is newer, whatever its writer's
   *     clock said
   */
  private record Found(long at, int partition, long offset, DeadLetterView view) {}

  /** A partition, of which everything from {@code from} on was read. */
  private static final class Part {
    final TopicPartition partition;
    final long begin;
    final long end;
    long from;
    long oldest = Long.MAX_VALUE;

    Part(TopicPartition partition, long begin, long end) {
      this.partition = partition;
      this.begin = begin;
      this.end = end;
      this.from = end;
    }

    boolean hasMore() {
      return from > begin;
    }
  }

  DeadLetterPage run() {
    List<Part> parts = parts();
    long stride = (long) limit / Math.max(1, parts.size()) + SPARE;
    boolean complete = true;
    boolean more = true;
    while (more && complete) {
      more = false;
      for (Part part : parts) {
        if (mayHaveNewer(part) && complete) {
          complete = read(part, stride);
          more = true;
        }
      }
      stride *= 2;
    }
    return page(parts, complete);
  }

  private List<Part> parts() {
    List<TopicPartition> partitions = TopicPartitions.of(Topics.DEAD_LETTER, consumer);
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Map<Integer, Long> below = cursor == null ? Map.of() : cursor.below();
    List<Part> parts = new ArrayList<>();
    for (TopicPartition partition : partitions) {
      long begin = begins.getOrDefault(partition, 0L);
      long end = ends.getOrDefault(partition, 0L);
      long limited = Math.min(end, below.getOrDefault(partition.partition(), end));
      parts.add(new Part(partition, begin, Math.max(begin, limited)));
    }
    return parts;
  }

  /** Whether unread records of the partition may be newer than what was found. */
  private boolean mayHaveNewer(Part part) {
    Found last = newest.peek();
    return part.hasMore() && (newest.size() < limit || last == null || part.oldest > last.at());
  }

  /** Reads one stride further back; false when there was no time for all of it. */
  private boolean read(Part part, long stride) {
    long from = Math.max(part.begin, part.from - stride);
    consumer.assign(List.of(part.partition));
    consumer.seek(part.partition, from);
    Deque<Found> read = new ArrayDeque<>();
    long earliest = Long.MAX_VALUE;
    while (consumer.position(part.partition) < part.from) {
      if (System.nanoTime() - giveUpAt > 0) {
        return false;
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (record.offset() < part.from) {
          earliest = add(read, record, earliest);
        }
      }
    }
    while (!read.isEmpty()) {
      Found found = read.removeLast();
      part.oldest = Math.min(part.oldest, found.at());
      add(new Found(part.oldest, found.partition(), found.offset(), found.view()));
    }
    // What was passed over counts too: what stands before it is not newer.
    part.oldest = Math.min(part.oldest, earliest);
    part.from = from;
    return true;
  }

  /** Keeps the last matches of a stride; returns the earliest time that was read in it. */
  private long add(Deque<Found> read, ConsumerRecord<byte[], byte[]> record, long earliest) {
    Found found = record(record);
    if (filter.matches(found.view())) {
      read.addLast(found);
      if (read.size() > limit) {
        read.removeFirst();
      }
    }
    return Math.min(earliest, record.timestamp());
  }

  private Found record(ConsumerRecord<byte[], byte[]> record) {
    return new Found(record.timestamp(), record.partition(), record.offset(), views.view(record));
  }

  private void add(Found found) {
    newest.add(found);
    if (newest.size() > limit) {
      newest.remove();
    }
  }

  private DeadLetterPage page(List<Part> parts, boolean complete) {
    List<Found> shown = new ArrayList<>(newest);
    shown.sort(newest.comparator().reversed());
    Map<Integer, Long> below = new HashMap<>();
    boolean more = false;
    for (Part part : parts) {
      int number = part.partition.partition();
      long next = part.end;
      for (Found found : shown) {
        if (found.partition() == number) {
          next = Math.min(next, found.offset());
        }
      }
      below.put(number, next);
      more |= next > part.begin;
    }
    return new DeadLetterPage(
        shown.stream().map(Found::view).toList(),
        more && shown.size() == limit ? new DeadLetterCursor(below).encode() : null,
        complete);
  }
}

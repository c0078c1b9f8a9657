package io.doundo.orchestrator.query.deadletter;

import io.doundo.orchestrator.query.ConcurrencyLimit;
import io.doundo.orchestrator.query.ReaderPool;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.TopicPartitions;
import io.doundo.orchestrator.query.deadletter.DeadLetterSweep.Swept;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads dead letters from their topic. A page takes the memory of what it shows and of one fetch,
 * however large the records are and however many there are. Thread-safe.
 */
public final class DeadLetterReader {

  public static final int MAX_LIMIT = 500;

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Duration LONGEST_SWEEP = Duration.ofSeconds(30);

  /** Records that are not wanted are read over, unless there are more of them than this. */
  private static final int LONGEST_GAP = 500;

  /** So that sweeps, which take long, leave the readers to others. */
  private final ConcurrencyLimit sweeps =
      new ConcurrencyLimit(
          1, LIMIT, "All dead letters are being read for somebody else. Try again in a moment.");

  private final ReaderPool readers;
  private final DeadLetterViews views;

  public DeadLetterReader(ReaderPool readers, SeenMarks seen) {
    this.readers = readers;
    this.views = new DeadLetterViews(seen);
  }

  /**
   * The newest dead letters, or the newest before those of an earlier page.
   *
   * @param cursor of the earlier page; null for the first
   */
  public DeadLetterPage page(
      DeadLetterFilter filter, int limit, @Nullable DeadLetterCursor cursor) {
    return readers.read(
        consumer -> new DeadLetterScan(consumer, views, filter, limit, cursor, LIMIT).run());
  }

  /** The dead letters that match, in groups by their causes. */
  public DeadLetterGroupPage groups(DeadLetterFilter filter) {
    DeadLetterGroups.Tally tally = new DeadLetterGroups.Tally();
    Swept swept =
        sweep(
            filter,
            LIMIT,
            record -> {
              DeadLetterView view = views.view(record);
              if (filter.matches(view)) {
                tally.add(view);
              }
              return true;
            });
    return tally.page(new DeadLetterCursor(swept.ends()).encode(), swept.complete());
  }

  /**
   * Visits the dead letters that match, those of one partition in their order.
   *
   * @param visitor returns false to stop
   * @return false when there was no time for all of them
   */
  public boolean forEach(DeadLetterFilter filter, Predicate<StoredDeadLetter> visitor) {
    return sweep(
            filter,
            LONGEST_SWEEP,
            record ->
                !filter.matches(views.view(record)) || visitor.test(DeadLetterViews.stored(record)))
        .complete();
  }

  private Swept sweep(
      DeadLetterFilter filter,
      Duration longest,
      Predicate<ConsumerRecord<byte[], byte[]>> visitor) {
    return sweeps.run(
        () ->
            readers.read(
                consumer -> new DeadLetterSweep(consumer, filter.from(), longest).run(visitor)));
  }

  /** Where each partition ends now, and no dead letter is yet. */
  public Map<Integer, Long> ends() {
    return readers.read(
        consumer -> {
          Map<Integer, Long> ends = new HashMap<>();
          consumer
              .endOffsets(TopicPartitions.of(Topics.DEAD_LETTER, consumer))
              .forEach((partition, end) -> ends.put(partition.partition(), end));
          return ends;
        });
  }

  /**
   * Visits the dead letters with these ids, those of one partition in their order. What is not
   * visited has expired or never existed.
   */
  public void forEach(Collection<String> ids, java.util.function.Consumer<StoredDeadLetter> each) {
    Map<Integer, NavigableSet<Long>> wanted = new TreeMap<>();
    for (String id : ids) {
      DeadLetterPlace place = DeadLetterPlace.of(id);
      if (place != null) {
        wanted.computeIfAbsent(place.partition(), unused -> new TreeSet<>()).add(place.offset());
      }
    }
    Boolean unused = readers.read(consumer -> pick(consumer, wanted, each));
  }

  private static boolean pick(
      Consumer<byte[], byte[]> consumer,
      Map<Integer, NavigableSet<Long>> wanted,
      java.util.function.Consumer<StoredDeadLetter> each) {
    List<TopicPartition> known = TopicPartitions.of(Topics.DEAD_LETTER, consumer);
    long start = System.nanoTime();
    for (Map.Entry<Integer, NavigableSet<Long>> some : wanted.entrySet()) {
      TopicPartition partition = new TopicPartition(Topics.DEAD_LETTER, some.getKey());
      if (known.contains(partition)) {
        pick(consumer, partition, some.getValue(), each, start);
      }
    }
    return true;
  }

  private static void pick(
      Consumer<byte[], byte[]> consumer,
      TopicPartition partition,
      NavigableSet<Long> offsets,
      java.util.function.Consumer<StoredDeadLetter> each,
      long start) {
    List<TopicPartition> only = List.of(partition);
    long begin = consumer.beginningOffsets(only).getOrDefault(partition, 0L);
    long end = consumer.endOffsets(only).getOrDefault(partition, 0L);
    Deque<Long> left = new ArrayDeque<>(offsets.subSet(begin, end));
    consumer.assign(only);
    while (!left.isEmpty()) {
      long next = left.getFirst();
      if (next - consumer.position(partition) > LONGEST_GAP
          || consumer.position(partition) > next) {
        consumer.seek(partition, next);
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        while (!left.isEmpty() && left.getFirst() < record.offset()) {
          left.removeFirst();
        }
        if (!left.isEmpty() && left.getFirst() == record.offset()) {
          left.removeFirst();
          each.accept(DeadLetterViews.stored(record));
        }
      }
      // Where no record stands, the position has passed it.
      while (!left.isEmpty() && left.getFirst() < consumer.position(partition)) {
        left.removeFirst();
      }
      if (!left.isEmpty() && System.nanoTime() - start > LIMIT.toNanos()) {
        throw new ReadsUnavailableException(
            "The dead letters could not be read within " + LIMIT.toSeconds() + " s.");
      }
    }
  }

  /** One dead letter as it is stored; empty when there is none of this id. */
  public Optional<StoredDeadLetter> stored(String id) {
    return record(id).map(DeadLetterViews::stored);
  }

  /** The value of one dead letter, byte for byte; empty when there is none of this id. */
  public Optional<byte[]> value(String id) {
    return record(id).map(DeadLetterViews::valueOf);
  }

  /** One dead letter with its whole value; empty when there is none of this id. */
  public Optional<DeadLetterView> one(String id) {
    return record(id).map(record -> views.view(record, Integer.MAX_VALUE));
  }

  private Optional<ConsumerRecord<byte[], byte[]>> record(String id) {
    DeadLetterPlace place = DeadLetterPlace.of(id);
    return place == null
        ? Optional.empty()
        : readers.read(consumer -> record(consumer, place.partition(), place.offset()));
  }

  private static Optional<ConsumerRecord<byte[], byte[]>> record(
      Consumer<byte[], byte[]> consumer, int number, long offset) {
    TopicPartition partition = new TopicPartition(Topics.DEAD_LETTER, number);
    List<TopicPartition> only = List.of(partition);
    if (!TopicPartitions.of(Topics.DEAD_LETTER, consumer).contains(partition)) {
      return Optional.empty();
    }
    long begin = consumer.beginningOffsets(only).getOrDefault(partition, 0L);
    long end = consumer.endOffsets(only).getOrDefault(partition, 0L);
    if (offset < begin || offset >= end) {
      return Optional.empty();
    }
    consumer.assign(only);
    consumer.seek(partition, offset);
    long start = System.nanoTime();
    while (consumer.position(partition) <= offset) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (record.offset() >= offset) {
          return record.offset() == offset ? Optional.of(record) : Optional.empty();
        }
      }
      if (System.nanoTime() - start > LIMIT.toNanos()) {
        throw new ReadsUnavailableException(
            "The dead letter could not be read within " + LIMIT.toSeconds() + " s.");
      }
    }
    return Optional.empty();
  }
}

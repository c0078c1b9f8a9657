package io.doundo.orchestrator.notify.delivery;

import io.doundo.orchestrator.query.TopicPartitions;
import io.doundo.orchestrator.query.notify.Deliveries;
import io.doundo.protocol.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions of the audit log that this instance owns. A partition that is new here is read
 * only once everything is known that its owner before has stored. Used by one thread.
 */
final class OwnedPartitions implements ConsumerRebalanceListener {

  private static final Logger LOG = LoggerFactory.getLogger(OwnedPartitions.class);
  private static final Duration POLL = Duration.ofMillis(50);

  /** Where a partition begins that was never read: what is older is not told any more. */
  private static final Duration BACK = Duration.ofHours(1);

  /** Records of which nobody was told are read once more after a crash, up to this long ago. */
  private static final Duration COMMIT_AGAIN = Duration.ofSeconds(1);

  /** Joining the group and reading what is stored take seconds. */
  private static final Duration LONGEST_UNSETTLED = Duration.ofMinutes(1);

  private final Consumer<byte[], byte[]> consumer;
  private final Deliveries deliveries;
  private final Clock clock;

  /** Up to where the topic of notifications must be read before a partition's work begins. */
  private final Map<TopicPartition, Map<Integer, Long>> restoring = new HashMap<>();

  private final Set<TopicPartition> ready = new HashSet<>();

  /** Up to where was read, until everybody was told of it. */
  private final Map<TopicPartition, OffsetAndMetadata> untold = new HashMap<>();

  private final Map<TopicPartition, OffsetAndMetadata> toCommit = new HashMap<>();

  /** When what was read last was written, by partition; when it was assigned before that. */
  private final Map<TopicPartition, Instant> readUpTo = new HashMap<>();

  private Instant committedAt = Instant.EPOCH;

  /** Where a partition begins is not committed yet. */
  private boolean hasMoved;

  private final Instant began;
  private Instant unsettledSince;
  private boolean isHeld;
  private boolean isMember;

  OwnedPartitions(Consumer<byte[], byte[]> consumer, Deliveries deliveries, Clock clock) {
    this.began = clock.instant();
    this.unsettledSince = began;
    this.consumer = consumer;
    this.deliveries = deliveries;
    this.clock = clock;
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
    isMember = true;
    if (assigned.isEmpty()) {
      return;
    }
    unsettledSince = clock.instant();
    Map<Integer, Long> ends = ends();
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(assigned));
    for (TopicPartition partition : assigned) {
      if (committed.get(partition) == null) {
        begin(partition);
      }
      restoring.put(partition, ends);
      readUpTo.put(partition, clock.instant());
    }
    consumer.pause(assigned);
  }

  private Map<Integer, Long> ends() {
    Map<Integer, Long> ends = new HashMap<>();
    consumer
        .endOffsets(TopicPartitions.of(Topics.NOTIFICATIONS, consumer))
        .forEach((partition, end) -> ends.put(partition.partition(), end));
    return Map.copyOf(ends);
  }

  /** Where it begins is committed at once, so that a later look back reaches no further. */
  private void begin(TopicPartition partition) {
    OffsetAndTimestamp first =
        consumer
            .offsetsForTimes(Map.of(partition, clock.instant().minus(BACK).toEpochMilli()))
            .get(partition);
    Long end = consumer.endOffsets(Set.of(partition)).get(partition);
    goOn(partition, first != null ? first.offset() : end == null ? 0 : end);
  }

  private void goOn(TopicPartition partition, long position) {
    consumer.seek(partition, position);
    untold.remove(partition);
    toCommit.put(partition, new OffsetAndMetadata(position));
    hasMoved = true;
  }

  /**
   * Commits up to where deliveries were made for all receivers, so that the next owner does not
   * read it again. When the consumer is closed because deliveries could not be stored, that leaves
   * out what was read last.
   */
  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
    try {
      commitAll();
    } catch (CommitFailedException | RebalanceInProgressException e) {
      LOG.debug("the next owner reads up to a second of records once more", e);
    }
    onPartitionsLost(revoked);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> revoked) {
    restoring.keySet().removeAll(revoked);
    ready.removeAll(revoked);
    untold.keySet().removeAll(revoked);
    toCommit.keySet().removeAll(revoked);
    readUpTo.keySet().removeAll(revoked);
  }

  /** Reads no records until {@link #release}. */
  void hold() {
    if (!isHeld) {
      isHeld = true;
      consumer.pause(ready);
    }
  }

  void release() {
    if (isHeld) {
      isHeld = false;
      consumer.resume(ready);
    }
  }

  /** The numbers of the partitions that are ready. */
  Set<Integer> sources() {
    Set<Integer> sources = new HashSet<>();
    ready.forEach(partition -> sources.add(partition.partition()));
    return sources;
  }

  /** The partitions that have become ready: everything that is stored about them is known. */
  Set<Integer> restored() {
    Set<Integer> restored = new HashSet<>();
    for (TopicPartition partition : List.copyOf(restoring.keySet())) {
      if (deliveries.hasReached(restoring.getOrDefault(partition, Map.of()))) {
        restoring.remove(partition);
        ready.add(partition);
        restored.add(partition.partition());
        if (!isHeld) {
          consumer.resume(Set.of(partition));
        }
      }
    }
    return restored;
  }

  /** The next records. The caller makes their deliveries before the next {@link #commit}. */
  ConsumerRecords<byte[], byte[]> poll() {
    try {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      records
          .nextOffsets()
          .forEach(
              (partition, next) -> untold.put(partition, new OffsetAndMetadata(next.offset())));
      records.partitions().forEach(partition -> read(partition, records.records(partition)));
      return records;
    } catch (OffsetOutOfRangeException e) {
      LOG.warn("Records of the audit log were lost before they were read: {}", e.getMessage());
      goOnAfter(e);
      return ConsumerRecords.empty();
    }
  }

  /**
   * Nobody is told once more of the whole audit log, because its end was lost or it was made anew.
   */
  private void goOnAfter(OffsetOutOfRangeException lost) {
    Map<TopicPartition, OffsetAndMetadata> divergent =
        lost instanceof LogTruncationException truncated ? truncated.divergentOffsets() : Map.of();
    Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(lost.partitions());
    lost.offsetOutOfRangePartitions()
        .forEach(
            (partition, position) -> {
              OffsetAndMetadata known = divergent.get(partition);
              long beginning = beginnings.getOrDefault(partition, 0L);
              if (known != null) {
                goOn(partition, known.offset());
              } else if (position < beginning) {
                goOn(partition, beginning);
              } else {
                begin(partition);
              }
            });
  }

  /** Reads these records once more: nobody was told of them. */
  void again(ConsumerRecords<byte[], byte[]> records) {
    for (TopicPartition partition : records.partitions()) {
      if (ready.contains(partition)) {
        goOn(partition, records.records(partition).get(0).offset());
      }
    }
  }

  /**
   * Commits what was read, of which everybody has been told: at once when deliveries follow from
   * it, and else once a second. What is read again after a crash makes deliveries with the same
   * ids.
   *
   * @param isTold whether deliveries were made of what was read
   * @return whether it is committed; if not, another instance may own the partitions by now, so
   *     none is ready here before everything that is stored about it is known once more
   */
  boolean commit(boolean isTold) {
    toCommit.putAll(untold);
    untold.clear();
    boolean isUrgent = isTold || hasMoved;
    if (!isUrgent && clock.instant().isBefore(committedAt.plus(COMMIT_AGAIN))) {
      return true;
    }
    try {
      commitAll();
      return true;
    } catch (CommitFailedException | RebalanceInProgressException e) {
      // Another instance reads these records again; their deliveries have the same ids.
      LOG.debug("the group is being rebalanced", e);
      unsettledSince = clock.instant();
      Map<Integer, Long> ends = ends();
      consumer.pause(ready);
      ready.forEach(partition -> restoring.put(partition, ends));
      ready.clear();
      return false;
    }
  }

  private void commitAll() {
    if (!toCommit.isEmpty()) {
      consumer.commitSync(Map.copyOf(toCommit));
      toCommit.clear();
    }
    hasMoved = false;
    committedAt = clock.instant();
  }

  /** Whether the work of all partitions of this instance is under way. */
  boolean isSettled() {
    return isMember && restoring.isEmpty();
  }

  /** Whether the group was not joined, or what is stored was not read, for too long. */
  boolean isStuck() {
    return !isSettled() && unsettledSince.plus(LONGEST_UNSETTLED).isBefore(clock.instant());
  }

  private void read(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
    ConsumerRecord<byte[], byte[]> last = records.get(records.size() - 1);
    readUpTo.put(partition, Instant.ofEpochMilli(last.timestamp()));
  }

  /**
   * How old what was read last is, in ms: of the partition that is behind most. A partition is
   * behind while there is more to read, while nothing is read of it because it is paused, and while
   * no partitions have been assigned at all. 0 when none is.
   */
  long behindMs() {
    Instant now = clock.instant();
    Instant oldest = isMember ? now : began;
    for (Map.Entry<TopicPartition, Instant> one : readUpTo.entrySet()) {
      TopicPartition partition = one.getKey();
      if (!isHeld && ready.contains(partition) && consumer.currentLag(partition).orElse(1) == 0) {
        one.setValue(now);
      } else if (one.getValue().isBefore(oldest)) {
        oldest = one.getValue();
      }
    }
    return Duration.between(oldest, now).toMillis();
  }

  /** How many records were not read yet. */
  long unread() {
    long records = 0;
    for (TopicPartition partition : consumer.assignment()) {
      records += consumer.currentLag(partition).orElse(0);
    }
    return records;
  }
}

package io.doundo.worker.delivery;

import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.worker.delivery.GuardedFence.PartitionGuards;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that talks to the consumer: polls, never runs a handler, pauses what is full,
 * commits what is settled, lets go what is revoked.
 */
final class CommandConsumer implements Runnable, ConsumerRebalanceListener {

  private static final Logger log = LoggerFactory.getLogger(CommandConsumer.class);
  private static final Duration POLL = Duration.ofMillis(100);

  /** While something is paused, records of others may come at any time and pauses end. */
  private static final Duration POLL_PAUSED = Duration.ofMillis(10);

  /** How long the next poll waits for the fence; a slow fence must not hold up commits. */
  static final Duration LONGEST_DECISION = Duration.ofMillis(10);

  private static final long COMMIT_EVERY_NANOS = 200_000_000;
  private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(5);

  private final Consumer<byte[], byte[]> consumer;
  private final CommandSource source;
  private final Supplier<Set<String>> topics;
  private final FenceHealth health;
  private final DeliveryContext context;
  private final PartitionGuards guards;
  private final int maxPending;
  private final Duration longestDecision;
  private final Map<TopicPartition, AssignedPartition> partitions = new ConcurrentHashMap<>();
  private final Map<TopicPartition, Long> endsAtAssignment = new HashMap<>();
  private Set<String> subscribed = Set.of();
  private boolean pausing;
  private long committedAt;
  private volatile long lag;
  private volatile int paused;
  private volatile @Nullable String failure;
  private volatile boolean closing;
  private volatile boolean ended;

  /**
   * Makes the loop; it is not begun.
   *
   * @param topics those that exist by now
   * @param maxPending how many commands of a partition are held before it is paused
   * @param longestDecision how long the next poll waits for the fence at most
   */
  CommandConsumer(
      Consumer<byte[], byte[]> consumer,
      CommandSource source,
      Supplier<Set<String>> topics,
      FenceHealth health,
      DeliveryContext context,
      PartitionGuards guards,
      int maxPending,
      Duration longestDecision) {
    this.consumer = consumer;
    this.source = source;
    this.topics = topics;
    this.health = health;
    this.context = context;
    this.guards = guards;
    this.maxPending = maxPending;
    this.longestDecision = longestDecision;
  }

  /** How many records are not polled yet. */
  long lag() {
    return lag;
  }

  /** How many commands are polled and not settled yet. */
  int pending() {
    return partitions.values().stream().mapToInt(AssignedPartition::pending).sum();
  }

  /** How many partitions are not read at present. */
  int paused() {
    return paused;
  }

  /** Why the last turn failed; null when it did not. */
  @Nullable String failure() {
    return failure;
  }

  /** Whether the loop has ended, for whatever reason. */
  boolean hasEnded() {
    return ended;
  }

  /** Ends the loop; what is settled by then is committed. */
  void close() {
    closing = true;
  }

  /** Instead of {@link #run}. */
  void closeUnstarted() {
    consumer.close(CloseOptions.timeout(Duration.ZERO));
  }

  /**
   * Ends only when it is closed, or by an error after which nothing in this process can be trusted:
   * memory that is used up, classes that cannot be loaded. Its partitions go to other workers then,
   * and {@link #hasEnded} says so.
   */
  @Override
  public void run() {
    try (consumer) {
      turnUntilClosed();
      commitNow(partitions.keySet());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = "the consumer was interrupted";
    } catch (RuntimeException | Error e) {
      failure = e.toString();
      // First, because anything after it may fail as well.
      ended = true;
      if (closing) {
        log.warn("The command consumer did not close cleanly", e);
      } else {
        log.error("The command consumer has stopped for good: restart this process", e);
      }
    } finally {
      ended = true;
      letGo(Set.copyOf(partitions.keySet()));
    }
  }

  private void turnUntilClosed() throws InterruptedException {
    while (!closing) {
      try {
        turn();
        failure = null;
      } catch (KafkaException e) {
        // The cause may go away: a missing permission, for example.
        log.error("The command consumer failed; retrying", e);
        failure = e.toString();
        pauseAfterFailure();
      } catch (RuntimeException e) {
        // The other records of the same poll are not lost: they are redelivered.
        log.error("Delivering commands failed; restarting from the committed offsets", e);
        failure = e.toString();
        beginAgain();
        pauseAfterFailure();
      }
    }
  }

  private void beginAgain() {
    subscribed = Set.of();
    try {
      consumer.unsubscribe();
    } catch (RuntimeException e) {
      log.error("The command consumer could not release its partitions cleanly", e);
    }
  }

  private void turn() {
    subscribe();
    if (subscribed.isEmpty()) {
      sleepUntilTopicsExist();
      return;
    }
    boolean paused = pause();
    ConsumerRecords<byte[], byte[]> polled = consumer.poll(paused ? POLL_PAUSED : POLL);
    for (ConsumerRecord<byte[], byte[]> record : polled) {
      accept(record);
    }
    if (!polled.isEmpty()) {
      // What arrives meanwhile comes in one poll, and asks the fence together. A command that would
      // ask it now would wait for these decisions as well.
      context.awaitDecisions(longestDecision);
    }
    if (System.nanoTime() - committedAt > COMMIT_EVERY_NANOS) {
      commit();
      measureLag();
    }
  }

  private void subscribe() {
    Set<String> existing = topics.get();
    if (!existing.equals(subscribed)) {
      log.info("Serving the topics {}", existing);
      consumer.subscribe(existing, this);
      subscribed = existing;
    }
  }

  private void sleepUntilTopicsExist() {
    try {
      Thread.sleep(POLL.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closing = true;
    }
  }

  private void pauseAfterFailure() throws InterruptedException {
    Thread.sleep(1_000);
  }

  /** Pauses what is full, or all while nothing may run; whether anything is paused. */
  private boolean pause() {
    boolean none = context.isStopping() || !health.isUp();
    if (!none && !pausing && partitions.values().stream().noneMatch(this::isFull)) {
      paused = 0;
      return false;
    }
    Set<TopicPartition> before = consumer.paused();
    Set<TopicPartition> toPause = new HashSet<>();
    Set<TopicPartition> toResume = new HashSet<>();
    for (TopicPartition id : consumer.assignment()) {
      AssignedPartition partition = partitions.get(id);
      boolean isPaused = before.contains(id);
      boolean full =
          partition != null && (isPaused ? !partition.roomy(maxPending) : isFull(partition));
      if ((none || full) && !isPaused) {
        toPause.add(id);
      } else if (!none && !full && isPaused) {
        toResume.add(id);
      }
    }
    consumer.pause(toPause);
    consumer.resume(toResume);
    paused = consumer.paused().size();
    pausing = paused > 0;
    return pausing;
  }

  private boolean isFull(AssignedPartition partition) {
    return partition.full(maxPending);
  }

  private void accept(ConsumerRecord<byte[], byte[]> record) {
    TopicPartition id = new TopicPartition(record.topic(), record.partition());
    AssignedPartition partition =
        partitions.computeIfAbsent(
            id,
            assigned ->
                new AssignedPartition(
                    guards.of(assigned),
                    record.offset(),
                    endsAtAssignment.getOrDefault(assigned, Long.MAX_VALUE)));
    partition.delivered(record.offset());
    try {
      deliver(partition, record);
    } catch (MalformedRecordException e) {
      refuse(partition, record, e.reason());
    } catch (RuntimeException | StackOverflowError | LinkageError e) {
      // Delivering it once more would end in the same way, and hold up everything behind it.
      log.error("Unexpected error while reading a command; it becomes a dead letter", e);
      refuse(partition, record, "reading the command failed: " + e);
    }
  }

  private void deliver(AssignedPartition partition, ConsumerRecord<byte[], byte[]> record)
      throws MalformedRecordException {
    Optional<Command> command = source.command(record);
    if (command.isEmpty()) {
      partition.settled(record.offset());
      return;
    }
    Delivery delivery = new Delivery(context, partition, command.get());
    if (partition.lineUp(delivery)) {
      delivery.begin();
    }
  }

  private void refuse(
      AssignedPartition partition, ConsumerRecord<byte[], byte[]> record, String reason) {
    context.meters().deadLetter();
    context
        .answers()
        .deadLetter(record, reason)
        .whenComplete(
            (nothing, error) -> {
              if (error == null) {
                partition.settled(record.offset());
              } else {
                log.error("Sending a dead letter failed; its command stays uncommitted", error);
              }
            });
  }

  private void commit() {
    committedAt = System.nanoTime();
    Map<TopicPartition, OffsetAndMetadata> offsets = toCommit(partitions.keySet());
    if (offsets.isEmpty()) {
      return;
    }
    consumer.commitAsync(
        offsets,
        (committed, error) -> {
          if (error == null) {
            noteCommitted(committed);
          } else {
            log.debug("Offsets were not committed this time", error);
          }
        });
  }

  private void commitNow(Collection<TopicPartition> ids) {
    Map<TopicPartition, OffsetAndMetadata> offsets = toCommit(ids);
    if (offsets.isEmpty()) {
      return;
    }
    try {
      consumer.commitSync(offsets, COMMIT_TIMEOUT);
      noteCommitted(offsets);
    } catch (KafkaException e) {
      // They are delivered again, and the fence knows them.
      log.warn("Committing offsets failed: {}", e.toString());
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> toCommit(Collection<TopicPartition> ids) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (TopicPartition id : ids) {
      AssignedPartition partition = partitions.get(id);
      long offset = partition == null ? -1 : partition.toCommit();
      if (offset >= 0) {
        offsets.put(id, new OffsetAndMetadata(offset));
      }
    }
    return offsets;
  }

  private void noteCommitted(Map<TopicPartition, OffsetAndMetadata> offsets) {
    offsets.forEach(
        (id, offset) -> {
          AssignedPartition partition = partitions.get(id);
          if (partition != null) {
            partition.committed(offset.offset());
          }
        });
  }

  private void measureLag() {
    long sum = 0;
    for (TopicPartition id : consumer.assignment()) {
      OptionalLong behind = consumer.currentLag(id);
      sum += behind.orElse(0);
    }
    lag = sum;
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
    assigned.forEach(guards::of);
    try {
      Map<TopicPartition, Long> ends = consumer.endOffsets(assigned, COMMIT_TIMEOUT);
      ends.putAll(takeNew(assigned));
      endsAtAssignment.putAll(ends);
    } catch (KafkaException e) {
      // Then everything counts as delivered before, which is always safe.
      log.warn("The committed offsets of newly assigned partitions are unknown: {}", e.toString());
    }
  }

  /**
   * The beginnings of partitions of which this group has read nothing yet, so that nothing in them
   * can have been delivered before. They are committed before anything is delivered, so that the
   * next consumer sees that the group has read here.
   */
  private Map<TopicPartition, Long> takeNew(Collection<TopicPartition> assigned) {
    Map<TopicPartition, @Nullable OffsetAndMetadata> known =
        consumer.committed(Set.copyOf(assigned), COMMIT_TIMEOUT);
    Map<TopicPartition, Long> beginnings = new HashMap<>();
    Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
    for (TopicPartition id : assigned) {
      if (known.get(id) == null) {
        long position = consumer.position(id, COMMIT_TIMEOUT);
        beginnings.put(id, position);
        commits.put(id, new OffsetAndMetadata(position));
      }
    }
    if (!commits.isEmpty()) {
      consumer.commitSync(commits, COMMIT_TIMEOUT);
    }
    return beginnings;
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
    try {
      commitNow(revoked);
    } catch (RuntimeException e) {
      // The consumer would keep what it could not let go, and never be given anything again.
      log.error("Unexpected error while committing offsets", e);
    } finally {
      letGo(revoked);
    }
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> lost) {
    letGo(lost);
  }

  private void letGo(Collection<TopicPartition> ids) {
    for (TopicPartition id : ids) {
      endsAtAssignment.remove(id);
      AssignedPartition partition = partitions.remove(id);
      if (partition != null) {
        partition.letGo();
      }
      guards.letGo(id);
    }
  }
}

package io.doundo.orchestrator.trigger.event;

import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.TailThread;
import io.doundo.orchestrator.trigger.event.EventRecords.Result;
import io.doundo.orchestrator.trigger.event.EventRecords.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the topics of all event triggers, as one group over all instances, and writes the starts
 * and signals that follow. An offset is committed after the broker has acknowledged what follows
 * from the records before it. After a crash they are read again and have the same ids, so each
 * takes effect once. Its own thread reads, until it is closed: after any failure it goes on with
 * another consumer. The other methods may be called from any thread.
 */
public final class EventTriggers implements AutoCloseable {

  /** The consumer group of all instances. */
  public static final String GROUP = "doundo-triggers";

  private static final Logger LOG = LoggerFactory.getLogger(EventTriggers.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
  private static final Duration LOOK_FOR_TOPICS = Duration.ofSeconds(5);
  private static final Duration FORBIDDEN_FOR = Duration.ofMinutes(1);
  private static final int MOST_RECORDS = 100;

  private final ReadConsumers consumers;
  private final Supplier<Producer<byte[], byte[]>> producers;
  private final Supplier<EventDirectory.Found> directory;
  private final Listener listener;
  private final int maxBytes;
  private final TailThread tail =
      new TailThread(
          "doundo-triggers", this::open, this::follow, "The topics of triggers cannot be read");

  private volatile Standing standing = Standing.IDLE;

  /** Counts what happens. */
  public interface Listener {
    /** A record was carried out for a trigger. */
    void onEvent(String result);

    /** How many records the partitions of this instance have that were not read yet. */
    void onLag(long records);
  }

  /**
   * How the reading stands.
   *
   * @param topics those that are read by the group
   * @param missing those that do not exist
   * @param forbidden those that may not be read
   * @param crowded those that have more triggers than a topic can have
   * @param unusable the triggers whose expressions cannot be compiled, by name, and why; also the
   *     orchestrations whose newest version cannot be read
   * @param failure the last failure, as long as it was not followed by a successful read; or null
   */
  public record Standing(
      Set<String> topics,
      Set<String> missing,
      Set<String> forbidden,
      Set<String> crowded,
      Map<String, String> unusable,
      @Nullable String failure) {

    static final Standing IDLE =
        new Standing(Set.of(), Set.of(), Set.of(), Set.of(), Map.of(), null);

    public Standing {
      topics = Set.copyOf(topics);
      missing = Set.copyOf(missing);
      forbidden = Set.copyOf(forbidden);
      crowded = Set.copyOf(crowded);
      unusable = Map.copyOf(unusable);
    }

    private Standing failed(@Nullable String reason) {
      return new Standing(topics, missing, forbidden, crowded, unusable, reason);
    }
  }

  /**
   * @param producers makes a producer that is not transactional, so that no reader of the
   *     orchestrator's topics waits for a commit
   * @param directory the event triggers of the newest versions; may throw a {@link
   *     ReadsUnavailableException}
   * @param maxRecordBytes the largest record that the broker takes
   */
  public EventTriggers(
      ReadConsumers consumers,
      Supplier<Producer<byte[], byte[]>> producers,
      Supplier<EventDirectory.Found> directory,
      Listener listener,
      int maxRecordBytes) {
    this.consumers = consumers;
    this.producers = producers;
    this.directory = directory;
    this.listener = listener;
    this.maxBytes = maxRecordBytes - EventRecords.DEAD_LETTER_ROOM;
  }

  /** Begins to read. */
  public void start() {
    tail.start();
  }

  public Standing standing() {
    return standing;
  }

  @Override
  public void close() {
    tail.stopNow();
  }

  private Consumer<byte[], byte[]> open() {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, GROUP);
    // Where a partition begins is decided here, and never by chance.
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MOST_RECORDS);
    settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
    // A topic that is created, or gets more partitions, is noticed in this time.
    settings.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 5_000);
    return consumers.open(GROUP, settings);
  }

  private void follow(Consumer<byte[], byte[]> consumer) {
    try (Producer<byte[], byte[]> producer = producers.get()) {
      new Reading(consumer, producer).run();
    } catch (WakeupException | InterruptException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      standing = standing.failed(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  /** What one consumer reads, from its first poll to its last. Used by the thread only. */
  private final class Reading {

    private final Consumer<byte[], byte[]> consumer;
    private final Producer<byte[], byte[]> producer;
    private final EventPartitions partitions;
    private final Map<String, Long> forbiddenUntil = new HashMap<>();
    private Map<String, List<EventSubscription>> triggers = Map.of();
    private Set<String> crowded = Set.of();
    private Map<String, String> unusable = Map.of();
    private Set<String> existing = Set.of();
    private Set<String> subscribed = Set.of();
    private long lookedAt;
    private long lookedForTopicsAt;
    private boolean hasLooked;

    Reading(Consumer<byte[], byte[]> consumer, Producer<byte[], byte[]> producer) {
      this.consumer = consumer;
      this.producer = producer;
      this.partitions = new EventPartitions(consumer, topic -> triggers(topic));
    }

    private List<EventSubscription> triggers(String topic) {
      return triggers.getOrDefault(topic, List.of());
    }

    void run() {
      while (!tail.isStopped()) {
        look();
        if (subscribed.isEmpty()) {
          standing = standing.failed(null);
          pause();
          continue;
        }
        poll();
        commit(partitions.toCommit());
        listener.onLag(lag());
      }
    }

    private void poll() {
      try {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        if (!records.isEmpty()) {
          carryOut(records);
        }
        standing = standing.failed(null);
      } catch (OffsetOutOfRangeException e) {
        // Its unread records expired, or the topic was deleted and created again.
        LOG.warn("Records of triggers' topics were lost before they were read: {}", e.getMessage());
        partitions.restart(e.partitions());
      } catch (TopicAuthorizationException e) {
        long until = System.nanoTime() + FORBIDDEN_FOR.toNanos();
        e.unauthorizedTopics().forEach(topic -> forbiddenUntil.put(topic, until));
        LOG.warn("Topics of triggers may not be read: {}", e.unauthorizedTopics());
        subscribe();
      }
    }

    /** Sends everything, waits for the acknowledgements, and notes how far the records are read. */
    private void carryOut(ConsumerRecords<byte[], byte[]> records) {
      List<Sent> sent = new ArrayList<>();
      for (ConsumerRecord<byte[], byte[]> record : records) {
        List<EventSubscription> firing =
            partitions.firing(
                new TopicPartition(record.topic(), record.partition()), record.offset());
        for (Written written : EventRecords.of(record, firing, maxBytes)) {
          sent.add(new Sent(record, written, send(written)));
        }
      }
      for (Sent one : sent) {
        acknowledge(one);
      }
      records.nextOffsets().forEach((partition, next) -> partitions.read(partition, next.offset()));
    }

    private @Nullable Future<RecordMetadata> send(Written written) {
      return written.record() == null ? null : producer.send(written.record());
    }

    private void acknowledge(Sent sent) {
      Result result = sent.written().result();
      Future<RecordMetadata> future = sent.future();
      if (future != null && !await(future)) {
        // Only its own size can be the reason, so the next attempt would fail as well.
        Written letter =
            EventRecords.deadLetter(
                sent.source(),
                null,
                "what follows from it is larger than the broker accepts",
                maxBytes);
        result = letter.result();
        if (!await(producer.send(letter.record()))) {
          throw new KafkaException("a dead letter is larger than the broker accepts");
        }
      }
      listener.onEvent(result.name());
    }

    /** Returns false when the record is too large. */
    private boolean await(Future<RecordMetadata> future) {
      try {
        RecordMetadata unused = future.get();
        return true;
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RecordTooLargeException) {
          return false;
        }
        throw e.getCause() instanceof RuntimeException cause ? cause : new KafkaException(e);
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
    }

    private void commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
      if (offsets.isEmpty()) {
        return;
      }
      try {
        consumer.commitSync(offsets);
        partitions.committed(offsets);
      } catch (CommitFailedException | RebalanceInProgressException e) {
        // Another instance reads these records again; their ids are the same.
        LOG.debug("the group is being rebalanced", e);
      }
    }

    private long lag() {
      long records = 0;
      for (TopicPartition partition : consumer.assignment()) {
        OptionalLong lag = consumer.currentLag(partition);
        records += lag.orElse(0);
      }
      return records;
    }

    /** Looks for changed definitions, and for topics that exist now. */
    private void look() {
      long now = System.nanoTime();
      if (hasLooked && now - lookedAt < LOOK_AGAIN.toNanos()) {
        return;
      }
      lookedAt = now;
      Map<String, List<EventSubscription>> found = new TreeMap<>();
      try {
        EventDirectory.Found listed = directory.get();
        unusable = listed.unusable();
        for (EventSubscription trigger : listed.subscriptions()) {
          found.computeIfAbsent(trigger.trigger().topic(), t -> new ArrayList<>()).add(trigger);
        }
      } catch (ReadsUnavailableException e) {
        LOG.debug("the definitions cannot be read yet; the triggers stay as they were", e);
        return;
      }
      Set<String> tooMany = new TreeSet<>();
      found.replaceAll(
          (topic, all) -> {
            if (all.size() <= Beginnings.MOST) {
              return all;
            }
            tooMany.add(topic);
            return all.subList(0, Beginnings.MOST);
          });
      crowded = tooMany;
      Map<String, List<EventSubscription>> before = triggers;
      triggers = found;
      partitions.changed(withdrawn(before, found));
      boolean isMissing = !existing.containsAll(found.keySet());
      if (!hasLooked || (isMissing && now - lookedForTopicsAt >= LOOK_FOR_TOPICS.toNanos())) {
        lookedForTopicsAt = now;
        existing = Set.copyOf(consumer.listTopics().keySet());
      }
      hasLooked = true;
      subscribe();
    }

    /** Those that this instance has seen go, by topic. Others may only not be known here yet. */
    private static Map<String, Set<String>> withdrawn(
        Map<String, List<EventSubscription>> before, Map<String, List<EventSubscription>> after) {
      Map<String, Set<String>> gone = new LinkedHashMap<>();
      before.forEach(
          (topic, old) -> {
            Set<String> ids = new HashSet<>();
            old.forEach(trigger -> ids.add(trigger.id()));
            after.getOrDefault(topic, List.of()).forEach(trigger -> ids.remove(trigger.id()));
            if (!ids.isEmpty()) {
              gone.put(topic, ids);
            }
          });
      return gone;
    }

    private void subscribe() {
      long now = System.nanoTime();
      forbiddenUntil.values().removeIf(until -> now - until >= 0);
      Set<String> wanted = new TreeSet<>(triggers.keySet());
      Set<String> missing = new TreeSet<>(wanted);
      missing.removeAll(existing);
      wanted.retainAll(existing);
      wanted.removeAll(forbiddenUntil.keySet());
      standing =
          new Standing(
              wanted, missing, forbiddenUntil.keySet(), crowded, unusable, standing.failure());
      if (wanted.equals(subscribed)) {
        return;
      }
      // The beginnings of withdrawn triggers are dropped while their partitions are still here.
      commit(partitions.toCommit());
      LOG.info("Triggers read the topics {}", wanted);
      subscribed = wanted;
      if (wanted.isEmpty()) {
        consumer.unsubscribe();
      } else {
        consumer.subscribe(wanted, partitions);
      }
    }

    private void pause() {
      try {
        Thread.sleep(POLL.toMillis());
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
    }
  }

  /**
   * What was sent for a record.
   *
   * @param future null when nothing was
   */
  private record Sent(
      ConsumerRecord<byte[], byte[]> source,
      Written written,
      @Nullable Future<RecordMetadata> future) {}
}

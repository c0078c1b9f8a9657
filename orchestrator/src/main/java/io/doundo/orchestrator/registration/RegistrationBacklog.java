package io.doundo.orchestrator.registration;

import io.doundo.protocol.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a registration waits too long, whichever instance should carry it out. One instance owns
 * the topic's only partition and knows why it fails; every other one knows only what this class
 * reads from Kafka: the group's committed offset, and the first record behind it. Checks in its own
 * thread; {@link #block} may be called by any thread.
 */
final class RegistrationBacklog implements AutoCloseable {

  /** Creating the topics of a large registration takes seconds, and is no hold-up. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(RegistrationBacklog.class);
  private static final TopicPartition PARTITION = new TopicPartition(Topics.REGISTRATION, 0);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration READ_LIMIT = Duration.ofSeconds(5);

  /** The number of checks in the time after which a record counts as blocked. */
  private static final int LOOKS = 6;

  private final Admin admin;
  private final RegistrationSettings settings;
  private final Clock clock;
  private final Duration patience;
  private final BacklogFront front;
  private final ScheduledExecutorService looker;
  private volatile @Nullable RegistrationBlock block;

  RegistrationBacklog(Admin admin, RegistrationSettings settings, Clock clock, Duration patience) {
    this.admin = admin;
    this.settings = settings;
    this.clock = clock;
    this.patience = patience;
    this.front = new BacklogFront(patience);
    this.looker =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "doundo-registration-backlog");
              thread.setDaemon(true);
              return thread;
            });
  }

  void start() {
    long interval = patience.dividedBy(LOOKS).toMillis();
    var unused =
        looker.scheduleWithFixedDelay(this::lookOrKeep, interval, interval, TimeUnit.MILLISECONDS);
  }

  /** The record that waits; empty when none does, according to the last check. */
  Optional<RegistrationBlock> block() {
    return Optional.ofNullable(block);
  }

  /** An executor ends what it repeats with an exception. */
  private void lookOrKeep() {
    try {
      look();
    } catch (InterruptException e) {
      LOG.debug("told to stop", e);
    } catch (KafkaException e) {
      LOG.warn("cannot see whether registrations wait, keeping what was seen: {}", e.getMessage());
    } catch (RuntimeException | Error e) {
      LOG.error("cannot see whether registrations wait, keeping what was seen", e);
    }
  }

  void look() {
    long position = position();
    long end = offset(OffsetSpec.latest());
    if (!front.stands(position, end, clock.instant())) {
      block = null;
      return;
    }
    ConsumerRecord<byte[], byte[]> first = firstFrom(position, end);
    if (first == null) {
      front.isEmptyUntil(end);
      block = null;
    } else {
      block =
          RegistrationBlock.elsewhere(
              RegistrationRecord.place(first), Instant.ofEpochMilli(first.timestamp()));
    }
  }

  /** Up to where registrations were carried out. */
  private long position() {
    OffsetAndMetadata committed =
        TopicProvisioner.await(
                admin.listConsumerGroupOffsets(settings.group()).partitionsToOffsetAndMetadata())
            .get(PARTITION);
    long begin = offset(OffsetSpec.earliest());
    return committed == null ? begin : Math.max(begin, committed.offset());
  }

  private long offset(OffsetSpec which) {
    return TopicProvisioner.await(
            admin
                .listOffsets(
                    Map.of(PARTITION, which), new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .partitionResult(PARTITION))
        .offset();
  }

  /** The first record between two offsets, which may number nothing but ends of transactions. */
  private @Nullable ConsumerRecord<byte[], byte[]> firstFrom(long position, long end) {
    Map<String, Object> properties = settings.client("registration-backlog");
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
    long giveUpAt = System.nanoTime() + READ_LIMIT.toNanos();
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(PARTITION));
      consumer.seek(PARTITION, position);
      while (consumer.position(PARTITION) < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          return record;
        }
        if (System.nanoTime() - giveUpAt > 0) {
          throw new TimeoutException("nothing came of " + PARTITION + " within " + READ_LIMIT);
        }
      }
      return null;
    }
  }

  @Override
  public void close() {
    looker.shutdownNow();
  }

  /** How long the record at the front has been the same. Not thread-safe. */
  static final class BacklogFront {

    private final Duration patience;
    private long position = -1;
    private long emptyUntil = -1;
    private @Nullable Instant since;

    BacklogFront(Duration patience) {
      this.patience = patience;
    }

    /**
     * Records the progress of this partition.
     *
     * @param position up to where records were carried out
     * @param end where the next record will stand
     * @return whether something has stood in front for too long
     */
    boolean stands(long position, long end, Instant now) {
      if (end <= Math.max(position, emptyUntil)) {
        since = null;
        return false;
      }
      if (since == null || position != this.position) {
        this.position = position;
        since = now;
      }
      return Duration.between(since, now).compareTo(patience) >= 0;
    }

    /** There is no record before this offset. */
    void isEmptyUntil(long end) {
      emptyUntil = end;
      since = null;
    }
  }
}

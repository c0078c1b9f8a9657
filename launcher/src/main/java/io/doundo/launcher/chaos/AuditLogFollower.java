package io.doundo.launcher.chaos;

import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Follows the committed audit log and knows where each flow stands. One thread reads; anyone may
 * ask.
 */
final class AuditLogFollower implements AutoCloseable {

  private static final Set<String> SETTLED =
      Set.of("COMPLETED", "UNDONE", "PARKED", "ABANDONED", "REJECTED");

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Map<String, String> statuses = new ConcurrentHashMap<>();

  /** The last entry of each flow that has not settled, in words. */
  private final Map<String, String> lastEntries = new ConcurrentHashMap<>();

  private final CountDownLatch done = new CountDownLatch(1);
  private final StallTimes moves;
  private volatile long lastMove = System.nanoTime();
  private volatile @Nullable RuntimeException failure;

  /** Begins to follow the log, from its beginning. */
  AuditLogFollower(String bootstrapServers) {
    this(bootstrapServers, new StallTimes());
  }

  /**
   * Begins to follow the log, from its beginning.
   *
   * @param moves called for every transition
   */
  AuditLogFollower(String bootstrapServers, StallTimes moves) {
    this.moves = moves;
    consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    consumer.assign(
        consumer.partitionsFor(Topics.FLOW_EVENTS).stream()
            .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
            .toList());
    new Thread(this::follow, "flow-watch").start();
  }

  private void follow() {
    try (consumer) {
      while (true) {
        consumer.poll(Duration.ofMillis(500)).forEach(this::note);
      }
    } catch (WakeupException e) {
      // This is how it is closed.
    } catch (RuntimeException e) {
      failure = e;
    } finally {
      done.countDown();
    }
  }

  private void note(ConsumerRecord<byte[], byte[]> record) {
    if (!AuditRecord.isOfFlow(record.key())) {
      return;
    }
    try {
      AuditRecord transition = AuditRecord.decode(record.value());
      statuses.put(transition.flowId(), transition.status());
      noteLast(transition);
      lastMove = System.nanoTime();
      moves.seen(record.partition(), lastMove);
    } catch (MalformedRecordException e) {
      throw new IllegalStateException("the audit log cannot be read: " + e.getMessage(), e);
    }
  }

  private void noteLast(AuditRecord transition) {
    List<AuditRecord.Entry> entries = transition.events();
    if (SETTLED.contains(transition.status())) {
      lastEntries.remove(transition.flowId());
    } else if (!entries.isEmpty()) {
      lastEntries.put(transition.flowId(), text(entries.get(entries.size() - 1)));
    }
  }

  private static String text(AuditRecord.Entry entry) {
    StringBuilder text = new StringBuilder(entry.type());
    if (entry.step() != null) {
      text.append(' ').append(entry.step());
    }
    if (entry.attempt() > 0) {
      text.append(' ').append(entry.operation()).append(" attempt ").append(entry.attempt());
    }
    if (entry.reason() != null) {
      text.append(": ").append(entry.reason());
    }
    return text.toString();
  }

  /** Where a flow that has not settled stands: its status and the last entry of its log. */
  String whereabouts(String flowId) {
    String status = status(flowId);
    if (status == null) {
      return "not heard of";
    }
    String last = lastEntries.get(flowId);
    return last == null ? status : status + " (" + last + ")";
  }

  /** The status of a flow, or null when nothing was heard of it. */
  @Nullable String status(String flowId) {
    requireFollowing();
    return statuses.get(flowId);
  }

  /** Whether the flow has ended or waits for an operator. */
  boolean isSettled(String flowId) {
    String status = status(flowId);
    return status != null && SETTLED.contains(status);
  }

  /** How many flows are on their way. */
  long inFlight() {
    requireFollowing();
    return statuses.values().stream().filter(status -> !SETTLED.contains(status)).count();
  }

  /** How many flows were heard of. */
  int known() {
    requireFollowing();
    return statuses.size();
  }

  /** How long nothing has moved. */
  Duration quiet() {
    requireFollowing();
    return Duration.ofNanos(System.nanoTime() - lastMove);
  }

  private void requireFollowing() {
    RuntimeException e = failure;
    if (e != null) {
      throw new IllegalStateException("the audit log reader has stopped", e);
    }
  }

  @Override
  public void close() {
    consumer.wakeup();
    try {
      if (!done.await(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the audit log reader did not stop in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

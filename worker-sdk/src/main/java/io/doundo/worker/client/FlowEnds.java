package io.doundo.worker.client;

import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.FlowEnd;
import io.doundo.worker.FlowEnd.Status;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells how flows end, by reading the audit log, and which starts were refused, by reading the dead
 * letters. Of the audit log it reads the partitions of flows with a waiter, and only while there is
 * one; when it begins, it also reports flows that were started shortly before. Thread-safe.
 */
final class FlowEnds implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FlowEnds.class);

  /** The maximum number of watched flows that nobody waits for. */
  private static final int MOST_UNASKED = 10_000;

  /** The number of remembered refused starts whose position is not known yet. */
  private static final int MOST_REFUSED = 1_000;

  /** Reading stops after this time without a waiter. */
  static final Duration IDLE = Duration.ofSeconds(60);

  /** How often it stops reading partitions that nobody needs any more. */
  private static final Duration RELEASE = Duration.ofSeconds(30);

  private static final long PAUSE_AFTER_FAILURE_MS = 1_000;

  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final LongSupplier nanoTime;
  private final Map<String, Set<WatchedStart>> byFlowId = new HashMap<>();
  private final Set<WatchedStart> asked = new LinkedHashSet<>();
  private final Set<WatchedStart> unasked = new LinkedHashSet<>();
  private final Map<String, String> refused =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > MOST_REFUSED;
        }
      };

  /** Those newly asked for, each with whether its events may have been passed over already. */
  private final Map<WatchedStart, Boolean> toRead = new LinkedHashMap<>();

  private @Nullable Thread reader;
  private long idleSince;
  private volatile boolean closed;

  /**
   * @param consumers makes those with which it reads; after a failure another one
   */
  FlowEnds(Supplier<Consumer<byte[], byte[]>> consumers) {
    this(consumers, System::nanoTime);
  }

  FlowEnds(Supplier<Consumer<byte[], byte[]>> consumers, LongSupplier nanoTime) {
    this.consumers = consumers;
    this.nanoTime = nanoTime;
    this.idleSince = nanoTime.getAsLong();
  }

  /** A flow is about to start; somebody may wait for its end later. */
  synchronized void started(WatchedStart start) {
    if (reader == null) {
      return;
    }
    watch(start);
    unasked.add(start);
    if (unasked.size() > MOST_UNASKED) {
      forget(unasked.iterator().next());
    }
  }

  /** The broker has the start event. */
  synchronized void accepted(WatchedStart start) {
    String reason = refused.get(start.place());
    if (reason != null) {
      start.refuse(reason);
      forget(start);
    } else if (start.startedEarlierThanSent() && asked.contains(start)) {
      toRead.putIfAbsent(start, false);
    }
  }

  /** The end of a flow. */
  synchronized CompletableFuture<FlowEnd> of(WatchedStart start) {
    if (start.end().isDone() || !asked.add(start)) {
      return start.end();
    }
    boolean watched = unasked.remove(start);
    watch(start);
    toRead.put(start, !watched);
    if (reader == null) {
      read();
    }
    return start.end();
  }

  /** It has no waiter until somebody waits again. */
  synchronized void forget(WatchedStart start) {
    asked.remove(start);
    unasked.remove(start);
    Set<WatchedStart> same = byFlowId.get(start.flowId());
    if (same != null && same.remove(start) && same.isEmpty()) {
      byFlowId.remove(start.flowId());
    }
    if (asked.isEmpty()) {
      idleSince = nanoTime.getAsLong();
    }
  }

  private void watch(WatchedStart start) {
    byFlowId.computeIfAbsent(start.flowId(), flowId -> new LinkedHashSet<>()).add(start);
  }

  private void read() {
    Thread thread = new Thread(this::readOn, "saga-flow-ends");
    thread.setDaemon(true);
    thread.start();
    reader = thread;
  }

  private void readOn() {
    try {
      boolean idle = false;
      while (!closed && !idle) {
        try (TopicReader topics = new TopicReader(consumers.get())) {
          readAllAsked();
          idle = readUntilIdle(topics);
        } catch (InterruptException e) {
          throw new InterruptedException(e.getMessage());
        } catch (RuntimeException e) {
          log.warn("Reading the ends of flows failed; retrying: {}", e.toString());
          Thread.sleep(PAUSE_AFTER_FAILURE_MS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failAll(e);
    } catch (Error e) {
      log.error("Reading the ends of flows has stopped; the next wait starts it again", e);
      failAll(e);
    }
  }

  private synchronized void readAllAsked() {
    toRead.clear();
    asked.forEach(start -> toRead.put(start, false));
  }

  private boolean readUntilIdle(TopicReader topics) throws InterruptedException {
    long releasedAt = nanoTime.getAsLong();
    while (!closed) {
      if (endIfIdle()) {
        return true;
      }
      follow(topics);
      if (nanoTime.getAsLong() - releasedAt > RELEASE.toNanos()) {
        release(topics);
        releasedAt = nanoTime.getAsLong();
      }
      for (ConsumerRecord<byte[], byte[]> record : topics.next()) {
        take(record);
      }
      settleHeld();
    }
    return true;
  }

  private synchronized boolean endIfIdle() {
    if (!asked.isEmpty() || nanoTime.getAsLong() - idleSince < IDLE.toNanos()) {
      return false;
    }
    unasked.clear();
    byFlowId.clear();
    reader = null;
    return true;
  }

  /** Reads what was newly asked for, too. */
  private void follow(TopicReader topics) {
    Map<WatchedStart, Boolean> next = newlyAsked();
    if (next.isEmpty()) {
      return;
    }
    List<TopicPartition> events = topics.partitionsOf(Topics.FLOW_EVENTS);
    if (events.isEmpty()) {
      // The topic does not exist yet.
      askAgain(next);
      return;
    }
    List<TopicPartition> letters = topics.partitionsOf(Topics.DEAD_LETTER);
    next.forEach(
        (start, again) -> {
          topics.read(partitionOf(start, events), start.startedAt(), again);
          letters.forEach(partition -> topics.read(partition, start.startedAt(), again));
        });
  }

  private synchronized Map<WatchedStart, Boolean> newlyAsked() {
    Map<WatchedStart, Boolean> next = new LinkedHashMap<>(toRead);
    toRead.clear();
    return next;
  }

  private synchronized void askAgain(Map<WatchedStart, Boolean> starts) {
    starts.forEach(toRead::putIfAbsent);
  }

  /** Other partitions grow, too, and nobody waits for anything in them. */
  private void release(TopicReader topics) {
    List<TopicPartition> events = topics.partitionsOf(Topics.FLOW_EVENTS);
    if (events.isEmpty()) {
      return;
    }
    Set<TopicPartition> needed = new HashSet<>(topics.partitionsOf(Topics.DEAD_LETTER));
    allWatched().forEach(start -> needed.add(partitionOf(start, events)));
    topics.retain(needed);
  }

  private static TopicPartition partitionOf(WatchedStart start, List<TopicPartition> events) {
    return TopicReader.partitionOf(start.flowId().getBytes(StandardCharsets.UTF_8), events);
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    try {
      if (record.topic().equals(Topics.DEAD_LETTER)) {
        takeLetter(record);
      } else {
        takeEvent(record);
      }
    } catch (MalformedRecordException e) {
      log.warn("An audit record cannot be read: {}", e.reason());
    } catch (RuntimeException e) {
      log.warn(
          "The record {}-{}@{} cannot be read",
          record.topic(),
          record.partition(),
          record.offset(),
          e);
    }
  }

  private void takeEvent(ConsumerRecord<byte[], byte[]> record) throws MalformedRecordException {
    byte[] key = record.key();
    byte[] value = record.value();
    if (key == null || value == null) {
      return;
    }
    List<WatchedStart> watched = watched(new String(key, StandardCharsets.UTF_8));
    if (watched.isEmpty()) {
      return;
    }
    AuditRecord event = AuditRecord.decode(value);
    String startDigest = startDigest(event);
    FlowEnd end = end(event);
    for (WatchedStart start : watched) {
      if (startDigest != null) {
        start.began(event.incarnation(), startDigest);
      }
      if (end != null && start.ended(event.incarnation(), end)) {
        forget(start);
      }
    }
  }

  private void takeLetter(ConsumerRecord<byte[], byte[]> record) {
    String topic = text(record, RecordHeaders.DEAD_LETTER_TOPIC);
    if (!Topics.EXECUTION_START.equals(topic)) {
      return;
    }
    String place =
        WatchedStart.place(
            text(record, RecordHeaders.DEAD_LETTER_PARTITION),
            text(record, RecordHeaders.DEAD_LETTER_OFFSET));
    String reason = String.valueOf(text(record, RecordHeaders.DEAD_LETTER_REASON));
    for (WatchedStart start : refusedAt(place, reason)) {
      start.refuse(reason);
      forget(start);
    }
  }

  private synchronized List<WatchedStart> refusedAt(String place, String reason) {
    refused.put(place, reason);
    List<WatchedStart> found = new ArrayList<>();
    byFlowId
        .values()
        .forEach(
            same -> same.stream().filter(start -> place.equals(start.place())).forEach(found::add));
    return found;
  }

  private static @Nullable String text(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), StandardCharsets.UTF_8);
  }

  private void settleHeld() {
    for (WatchedStart start : allWatched()) {
      if (start.settleHeld() || start.end().isDone()) {
        forget(start);
      }
    }
  }

  private synchronized List<WatchedStart> watched(String flowId) {
    return List.copyOf(byFlowId.getOrDefault(flowId, Set.of()));
  }

  private synchronized List<WatchedStart> allWatched() {
    return List.copyOf(asked);
  }

  /** The start of this record's flow, if the record contains it. */
  private static @Nullable String startDigest(AuditRecord event) throws MalformedRecordException {
    if (event.transition() != 1) {
      return null;
    }
    Map<String, RawJson> input = Json.fields(event.input().bytes());
    RawJson digest = input.get("startDigest");
    return digest == null || !digest.isString() ? null : Json.text(digest);
  }

  private static @Nullable FlowEnd end(AuditRecord record) {
    String reason = null;
    for (AuditRecord.Entry event : record.events()) {
      reason = event.reason() != null ? event.reason() : reason;
    }
    for (Status status : Status.values()) {
      if (status.name().equals(record.status())) {
        return new FlowEnd(record.flowId(), status, reason);
      }
    }
    return null;
  }

  private synchronized void failAll(Throwable cause) {
    reader = null;
    for (WatchedStart start : List.copyOf(asked)) {
      start.fail(new IllegalStateException("reading the ends of flows has stopped", cause));
      forget(start);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    asked.forEach(start -> start.end().cancel(false));
    if (reader != null) {
      reader.interrupt();
    }
  }
}

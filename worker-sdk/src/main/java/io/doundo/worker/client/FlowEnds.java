package io.doundo.worker.client;

import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.MalformedRecordException;
import io.doundo.protocol.Topics;
import io.doundo.worker.FlowEnd;
import io.doundo.worker.FlowEnd.Status;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells how flows end, by reading the audit log. Reads nothing before somebody asks; then it tells
 * of flows that were started a little before, too. Thread-safe.
 */
final class FlowEnds implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FlowEnds.class);

  /** Of flows that nobody asked for, only as many are watched. */
  private static final int MOST_UNASKED = 10_000;

  private final Map<String, Object> kafka;
  private final Map<String, CompletableFuture<FlowEnd>> asked = new LinkedHashMap<>();
  private final Map<String, CompletableFuture<FlowEnd>> unasked =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, CompletableFuture<FlowEnd>> eldest) {
          return size() > MOST_UNASKED;
        }
      };
  private @Nullable Thread reader;
  private @Nullable Instant readsFrom;
  private @Nullable Instant rewindTo;
  private volatile boolean closed;

  FlowEnds(Map<String, Object> kafka) {
    this.kafka = kafka;
  }

  /** A flow is about to start; its end may be asked for later. */
  synchronized void started(String flowId) {
    if (reader != null) {
      unasked.put(flowId, new CompletableFuture<>());
    }
  }

  /** The end of a flow that was started at this moment. */
  synchronized CompletableFuture<FlowEnd> of(String flowId, Instant startedAt) {
    CompletableFuture<FlowEnd> known = asked.get(flowId);
    if (known != null) {
      return known;
    }
    CompletableFuture<FlowEnd> watched = unasked.remove(flowId);
    CompletableFuture<FlowEnd> end = watched == null ? new CompletableFuture<>() : watched;
    if (!end.isDone()) {
      asked.put(flowId, end);
    }
    if (reader == null) {
      read(startedAt);
    } else if (watched == null) {
      rewindTo = rewindTo == null || startedAt.isBefore(rewindTo) ? startedAt : rewindTo;
    }
    return end;
  }

  private synchronized void forget(String flowId) {
    asked.remove(flowId);
  }

  private void read(Instant from) {
    readsFrom = from;
    Thread thread = new Thread(this::readOn, "saga-flow-ends");
    thread.setDaemon(true);
    thread.start();
    reader = thread;
  }

  private void readOn() {
    while (!closed) {
      Instant from = takeRewind();
      try (TopicReader topic = new TopicReader(kafka, Topics.FLOW_EVENTS, from)) {
        while (!closed) {
          rewindIfAsked(topic);
          topic.next().forEach(this::take);
        }
      } catch (KafkaException e) {
        log.warn("The audit log cannot be read; trying again: {}", e.toString());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private synchronized Instant takeRewind() {
    Instant from = rewindTo != null ? rewindTo : readsFrom;
    rewindTo = null;
    return from == null ? Instant.now() : from;
  }

  private synchronized void rewindIfAsked(TopicReader topic) {
    if (rewindTo != null) {
      topic.rewind(rewindTo);
      rewindTo = null;
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    byte[] key = record.key();
    byte[] value = record.value();
    if (key == null || value == null) {
      return;
    }
    CompletableFuture<FlowEnd> watched = watched(new String(key, StandardCharsets.UTF_8));
    if (watched == null) {
      return;
    }
    try {
      FlowEnd end = end(AuditRecord.decode(value));
      if (end != null) {
        watched.complete(end);
        forget(end.flowId());
      }
    } catch (MalformedRecordException e) {
      log.warn("An audit record cannot be read: {}", e.reason());
    }
  }

  private synchronized @Nullable CompletableFuture<FlowEnd> watched(String flowId) {
    CompletableFuture<FlowEnd> end = asked.get(flowId);
    return end != null ? end : unasked.get(flowId);
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

  @Override
  public synchronized void close() {
    closed = true;
    if (reader != null) {
      reader.interrupt();
    }
    asked.values().forEach(end -> end.cancel(false));
  }
}

package io.doundo.orchestrator.query.template;

import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.TailThread;
import io.doundo.orchestrator.query.TopicPartitions;
import io.doundo.orchestrator.template.Template;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All templates, as every instance sees them. Its own thread reads; every method may be called from
 * any thread.
 */
public final class Templates implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Templates.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration READ_WAIT = Duration.ofSeconds(10);

  /** A template and how many bytes its record has. */
  private record Stored(Template template, int bytes) {}

  private final ReadConsumers consumers;
  private final Object lock = new Object();
  private final TailThread tail =
      new TailThread("doundo-templates", this::open, this::follow, "The templates cannot be read");

  // Guarded by the lock.
  private Map<String, Stored> templates = new TreeMap<>();
  private long position;
  private boolean caughtUp;

  public Templates(ReadConsumers consumers) {
    this.consumers = consumers;
  }

  /** Begins to read; the topic must exist. */
  public void start() {
    tail.start();
  }

  /**
   * All templates, by id.
   *
   * @throws ReadsUnavailableException until the topic has been read once
   */
  public List<Template> all() {
    synchronized (lock) {
      requireCaughtUp();
      return templates.values().stream().map(Stored::template).toList();
    }
  }

  /**
   * One template.
   *
   * @throws ReadsUnavailableException until the topic has been read once
   */
  public Optional<Template> find(String id) {
    synchronized (lock) {
      requireCaughtUp();
      return Optional.ofNullable(templates.get(id)).map(Stored::template);
    }
  }

  /** The bytes of all templates but one. */
  public long bytesWithout(String id) {
    synchronized (lock) {
      requireCaughtUp();
      Stored own = templates.get(id);
      return templates.values().stream().mapToLong(Stored::bytes).sum()
          - (own == null ? 0 : own.bytes());
    }
  }

  /**
   * Waits until everything up to an offset has been read.
   *
   * @throws ReadsUnavailableException when that takes longer than 10 s
   */
  public void awaitRead(long offset) {
    long end = System.nanoTime() + READ_WAIT.toNanos();
    synchronized (lock) {
      while (position <= offset) {
        long remaining = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (remaining <= 0 || tail.isStopped()) {
          throw new ReadsUnavailableException(
              "The template was written but could not be read back within %d s."
                  .formatted(READ_WAIT.toSeconds()));
        }
        try {
          lock.wait(remaining);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new ReadsUnavailableException("The wait was interrupted.");
        }
      }
    }
  }

  @Override
  public void close() {
    tail.stopNow();
  }

  private void requireCaughtUp() {
    if (!caughtUp) {
      throw new ReadsUnavailableException("The templates are still being read after the start.");
    }
  }

  private Consumer<byte[], byte[]> open() {
    return consumers.open(
        "doundo-templates",
        Map.of(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) POLL.toMillis() * 5));
  }

  private void follow(Consumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions = TopicPartitions.of(Topics.TEMPLATES, consumer);
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> behind = new HashMap<>(consumer.endOffsets(partitions));
    // All at once: a deleted template must not appear again while the topic is read anew.
    Map<String, Stored> loaded = new TreeMap<>();
    while (!tail.isStopped() && !behind.isEmpty()) {
      consumer.poll(POLL).forEach(record -> take(record, loaded));
      behind.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
    }
    synchronized (lock) {
      templates = loaded;
      caughtUp = caughtUp || behind.isEmpty();
    }
    while (!tail.isStopped()) {
      long now = consumer.position(partitions.get(0));
      synchronized (lock) {
        position = now;
        lock.notifyAll();
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        synchronized (lock) {
          take(record, templates);
        }
      }
    }
  }

  private static void take(ConsumerRecord<byte[], byte[]> record, Map<String, Stored> into) {
    if (record.key() == null) {
      return;
    }
    String id = new String(record.key(), StandardCharsets.UTF_8);
    if (record.value() == null) {
      into.remove(id);
      return;
    }
    try {
      into.put(id, new Stored(Template.read(record.value()), record.value().length));
    } catch (MalformedRecordException e) {
      LOG.warn("A template at offset {} of {}: {}", record.offset(), record.topic(), e.reason());
    }
  }
}

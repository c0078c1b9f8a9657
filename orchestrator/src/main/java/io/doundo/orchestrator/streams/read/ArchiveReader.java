package io.doundo.orchestrator.streams.read;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.record.Partitions;
import io.doundo.orchestrator.streams.state.Archive;
import io.doundo.orchestrator.streams.state.FlowStub;
import io.doundo.orchestrator.streams.state.RecentEnds;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
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
 * Reads ended flows where they were written: in the archive topic. A stub knows when its flow was
 * archived, its record carries exactly that time, and the broker finds the first record of a time,
 * so that a search reads a few records and no second copy of the archive is kept. It reads
 * committed records, with its own thread and consumer; concurrent requests are read together.
 *
 * <p>A search without a result is repeated until the flow's record must have been committed: by the
 * clocks, or, for somebody who only looks at the flow, because the transaction that ended it is
 * over and all that was written until then can be read. While the broker cannot be reached nothing
 * is answered. Searches for flows that wait come before those of people. Nothing ends the thread
 * but {@link #close}.
 */
public final class ArchiveReader implements Archive, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ArchiveReader.class);

  /** Searches of times no further apart are one pass through the topic. */
  private static final long ONE_PASS_MS = 1_000;

  /** No record stands so far behind one that was made so much later; brokers refuse it. */
  private static final long FARTHEST_SKEW_MS = Duration.ofHours(1).toMillis();

  /** The commit that makes a flow's record visible ends in each partition at its own moment. */
  private static final long LOOK_AGAIN_SOON_MS = 5;

  private static final long LOOK_AGAIN_MS = 100;
  private static final long PAUSE_AFTER_FAILURE_MS = 1_000;
  private static final String STOPPING = "the engine is stopping";
  private static final Duration POLL = Duration.ofSeconds(2);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final Partitions partitions;
  private final Duration retention;
  private final WrittenEnds written;
  private final OpenEnds openEnds = new OpenEnds();
  private final RecentEnds recentEnds = new RecentEnds();
  private final BlockingQueue<ArchiveSearch> asked = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  public ArchiveReader(EngineSettings settings) {
    this(
        settings.partitions(),
        settings.archiveRetention(),
        () -> consumer(settings, "-archive", IsolationLevel.READ_COMMITTED),
        () -> consumer(settings, "-archive-end", IsolationLevel.READ_UNCOMMITTED));
  }

  /**
   * @param retention how long the topic keeps records at least
   * @param consumers of committed records
   * @param uncommitted consumers of all records
   */
  ArchiveReader(
      int partitions,
      Duration retention,
      Supplier<Consumer<byte[], byte[]>> consumers,
      Supplier<Consumer<byte[], byte[]>> uncommitted) {
    this.consumers = consumers;
    this.partitions = new Partitions(partitions);
    this.retention = retention;
    this.written = new WrittenEnds(uncommitted);
    this.thread = new Thread(this::run, "archive-reader");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public CompletableFuture<Optional<StoredFlow>> find(String flowId, FlowStub stub) {
    // Where few flows end, one stays in memory for longer than it is to be kept.
    boolean isOver = ArchiveSearch.isOver(stub, retention, System.currentTimeMillis());
    StoredFlow recent = isOver ? null : recentEnds.find(flowId, stub);
    return recent != null
        ? CompletableFuture.completedFuture(Optional.of(recent))
        : search(flowId, stub, false);
  }

  @Override
  public CompletableFuture<Optional<StoredFlow>> recall(String flowId, FlowStub stub) {
    return search(flowId, stub, true);
  }

  @Override
  public void ends(String flowId, StoredFlow flow) {
    // First of all: whoever sees the stub must see that it is not committed.
    openEnds.add();
    recentEnds.add(flowId, flow);
  }

  @Override
  public void settled() {
    openEnds.settle();
  }

  private CompletableFuture<Optional<StoredFlow>> search(
      String flowId, FlowStub stub, boolean recall) {
    TopicPartition partition = new TopicPartition(Topics.ARCHIVE, partitions.of(flowId));
    ArchiveSearch search = new ArchiveSearch(partition, flowId, stub, recall, openEnds);
    asked.add(search);
    if (closed) {
      search.cancel(STOPPING);
    }
    return search.outcome;
  }

  /** Where partitions end, uncommitted records included. Of the reader's thread only. */
  private static final class WrittenEnds {

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private @Nullable Consumer<byte[], byte[]> consumer;

    WrittenEnds(Supplier<Consumer<byte[], byte[]>> consumers) {
      this.consumers = consumers;
    }

    long of(TopicPartition partition) {
      Consumer<byte[], byte[]> open = consumer;
      if (open == null) {
        // Seldom needed, and so not opened before.
        open = consumers.get();
        consumer = open;
      }
      return open.endOffsets(List.of(partition)).getOrDefault(partition, Long.MAX_VALUE);
    }

    void close() {
      Consumer<byte[], byte[]> open = consumer;
      consumer = null;
      if (open == null) {
        return;
      }
      try {
        open.close();
      } catch (KafkaException e) {
        LOG.debug("the thread was interrupted while it closed a consumer", e);
      }
    }
  }

  private void run() {
    List<ArchiveSearch> open = new ArrayList<>();
    try {
      open.add(asked.take());
      while (!closed) {
        try (Consumer<byte[], byte[]> consumer = consumers.get()) {
          serve(consumer, open);
        } catch (InterruptException e) {
          throw e;
        } catch (KafkaException e) {
          pauseAfter(e, Topics.ARCHIVE);
        } catch (RuntimeException | Error e) {
          // Flows wait for what is read here, and no other thread reads it.
          LOG.error("Reading ended flows failed; trying again with another consumer", e);
          Thread.sleep(PAUSE_AFTER_FAILURE_MS);
        }
      }
    } catch (InterruptedException | InterruptException e) {
      LOG.debug("the archive reader is stopping", e);
    } finally {
      closed = true;
      asked.drainTo(open);
      open.forEach(search -> search.cancel(STOPPING));
      written.close();
    }
  }

  private void serve(Consumer<byte[], byte[]> consumer, List<ArchiveSearch> open)
      throws InterruptedException {
    while (!closed) {
      for (List<ArchiveSearch> pass : passes(open, false)) {
        recallFirst(consumer, open);
        attempt(consumer, pass);
      }
      recallFirst(consumer, open);
      open.removeIf(search -> !search.isOpen());
      ArchiveSearch next =
          open.isEmpty() ? asked.take() : asked.poll(lookAgainMs(open), TimeUnit.MILLISECONDS);
      if (next != null) {
        open.add(next);
      }
    }
  }

  /** The next look at a search comes when it is twice as old as at this one, within bounds. */
  private static long lookAgainMs(List<ArchiveSearch> open) {
    long now = System.nanoTime();
    long youngest =
        open.stream().mapToLong(search -> now - search.askedAt).min().orElse(Long.MAX_VALUE);
    return lookAgainMs(TimeUnit.NANOSECONDS.toMillis(youngest));
  }

  /**
   * @param age of the youngest search, ms
   */
  static long lookAgainMs(long age) {
    return Math.max(LOOK_AGAIN_SOON_MS, Math.min(age, LOOK_AGAIN_MS));
  }

  /** Somebody who only looks at flows never keeps a flow waiting for longer than one pass. */
  private void recallFirst(Consumer<byte[], byte[]> consumer, List<ArchiveSearch> open)
      throws InterruptedException {
    asked.drainTo(open);
    for (List<ArchiveSearch> pass : passes(open, true)) {
      attempt(consumer, pass);
    }
  }

  /** What one pass fails on blocks no other. */
  private void attempt(Consumer<byte[], byte[]> consumer, List<ArchiveSearch> pass)
      throws InterruptedException {
    try {
      read(consumer, pass);
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      pauseAfter(e, pass.get(0).partition);
    } catch (RuntimeException | Error e) {
      pass.forEach(search -> search.cancel("reading it failed: " + e));
      throw e;
    }
  }

  private static void pauseAfter(KafkaException e, Object what) throws InterruptedException {
    LOG.warn("currently cannot read ended flows from {}: {}", what, e.toString());
    Thread.sleep(PAUSE_AFTER_FAILURE_MS);
  }

  /** The searches that are one pass each: of one partition, and of about one time. */
  private static List<List<ArchiveSearch>> passes(List<ArchiveSearch> open, boolean recall) {
    List<ArchiveSearch> sorted = new ArrayList<>(open);
    sorted.removeIf(search -> search.recall != recall || !search.isOpen());
    sorted.sort(
        Comparator.comparingInt((ArchiveSearch search) -> search.partition.partition())
            .thenComparingLong(search -> search.stub.archivedAt()));
    List<List<ArchiveSearch>> passes = new ArrayList<>();
    ArchiveSearch before = null;
    for (ArchiveSearch search : sorted) {
      if (before == null
          || !search.partition.equals(before.partition)
          || search.stub.archivedAt() - before.stub.archivedAt() > ONE_PASS_MS) {
        passes.add(new ArrayList<>());
      }
      passes.get(passes.size() - 1).add(search);
      before = search;
    }
    return passes;
  }

  private void read(Consumer<byte[], byte[]> consumer, List<ArchiveSearch> pass) {
    TopicPartition partition = pass.get(0).partition;
    consumer.assign(List.of(partition));
    Map<String, List<ArchiveSearch>> wanted = new HashMap<>();
    for (ArchiveSearch search : pass) {
      wanted.computeIfAbsent(search.flowId, flowId -> new ArrayList<>()).add(search);
    }
    long earliest = pass.get(0).stub.archivedAt();
    long latest = pass.get(pass.size() - 1).stub.archivedAt();
    // Before the look by time, so that what this does not find is not in front of the end.
    long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    OffsetAndTimestamp from = consumer.offsetsForTimes(Map.of(partition, earliest)).get(partition);
    boolean passed = false;
    if (from != null) {
      if (from.timestamp() > earliest && isFirst(consumer, partition, from.offset())) {
        // Else an hour of records would be read, and it would not be among them.
        long now = System.currentTimeMillis();
        pass.forEach(search -> search.expire(from.timestamp(), retention, now));
      }
      passed = scan(consumer, partition, from.offset(), end, latest, wanted);
    }
    for (ArchiveSearch search : pass) {
      if (search.isOpen()) {
        search.notFound(passed, end, written::of);
      }
    }
  }

  /** Whether records have been removed, and this is the first that is left. */
  private static boolean isFirst(
      Consumer<byte[], byte[]> consumer, TopicPartition partition, long offset) {
    long start = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
    return start > 0 && offset <= start;
  }

  /** Reads up to an end; returns whether it has read all that could have been written then. */
  private static boolean scan(
      Consumer<byte[], byte[]> consumer,
      TopicPartition partition,
      long from,
      long end,
      long latest,
      Map<String, List<ArchiveSearch>> wanted) {
    wanted.values().removeIf(searches -> searches.stream().noneMatch(ArchiveSearch::isOpen));
    if (wanted.isEmpty()) {
      return true;
    }
    consumer.seek(partition, from);
    while (consumer.position(partition) < end) {
      var records = consumer.poll(POLL);
      if (records.isEmpty() && consumer.position(partition) < end) {
        throw new TimeoutException("no records from " + partition + " within " + POLL);
      }
      for (var record : records) {
        if (record.key() != null && record.value() != null) {
          wanted
              .getOrDefault(new String(record.key(), UTF_8), List.of())
              .forEach(search -> search.look(record.value()));
        }
        if (record.timestamp() - latest > FARTHEST_SKEW_MS) {
          return true;
        }
      }
      wanted.values().removeIf(searches -> searches.stream().noneMatch(ArchiveSearch::isOpen));
      if (wanted.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static Consumer<byte[], byte[]> consumer(
      EngineSettings settings, String suffix, IsolationLevel isolation) {
    Map<String, Object> properties = new HashMap<>(settings.clientProperties());
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, settings.applicationId() + suffix);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.toString());
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    // Nothing is waited for that is not there; the fetch ahead at the topic's end would be in the
    // way.
    properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 0);
    properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5_000);
    properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 4_000);
    // A search reads a few records, so the default of 1 MB would be mostly thrown away.
    properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 65_536);
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Ends whatever is being waited for, and the thread. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(CLOSE_TIMEOUT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

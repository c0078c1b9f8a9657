package io.doundo.orchestrator.streams.read;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.record.Partitions;
import io.doundo.orchestrator.streams.state.Archive;
import io.doundo.orchestrator.streams.state.ArchiveCodec;
import io.doundo.orchestrator.streams.state.ContentReferences;
import io.doundo.orchestrator.streams.state.FlowStateCodec;
import io.doundo.orchestrator.streams.state.FlowStub;
import io.doundo.orchestrator.streams.state.RecentEnds;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.orchestrator.streams.state.UnreadableValueException;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads ended flows where they were written: in the archive topic. A stub knows when its flow was
 * archived, its record carries exactly that time, and the broker finds the first record of a time,
 * so that a search reads a few records and no second copy of the archive is kept. It reads
 * committed records, with its own thread and consumer; concurrent requests are read together.
 *
 * <p>A search without a result is repeated until the flow's record must have been committed. While
 * the broker cannot be reached nothing is answered. Searches for flows that wait come before those
 * of people. Nothing ends the thread but {@link #close}.
 */
public final class ArchiveReader implements Archive, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ArchiveReader.class);

  /** A transaction is committed or aborted long before. */
  private static final long ON_ITS_WAY_MS = 120_000;

  /** The same by a clock that cannot be wrong, for what was written by one that was. */
  private static final long LEAST_SEARCH_NANOS = Duration.ofSeconds(15).toNanos();

  /**
   * A record that is older by every clock can no longer be in flight. Somebody who looks at a flow
   * does not wait as long as {@link #LEAST_SEARCH_NANOS}.
   */
  private static final long LONG_AGO_MS = Duration.ofHours(1).toMillis();

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
  private final RecentEnds recentEnds = new RecentEnds();
  private final BlockingQueue<ArchiveSearch> asked = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  public ArchiveReader(EngineSettings settings) {
    this(settings.partitions(), () -> consumer(settings));
  }

  ArchiveReader(int partitions, Supplier<Consumer<byte[], byte[]>> consumers) {
    this.consumers = consumers;
    this.partitions = new Partitions(partitions);
    this.thread = new Thread(this::run, "archive-reader");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public CompletableFuture<Optional<StoredFlow>> find(String flowId, FlowStub stub) {
    StoredFlow recent = recentEnds.find(flowId, stub);
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
    recentEnds.add(flowId, flow);
  }

  private CompletableFuture<Optional<StoredFlow>> search(
      String flowId, FlowStub stub, boolean recall) {
    TopicPartition partition = new TopicPartition(Topics.ARCHIVE, partitions.of(flowId));
    ArchiveSearch search = new ArchiveSearch(partition, flowId, stub, recall);
    asked.add(search);
    if (closed) {
      search.cancel(STOPPING);
    }
    return search.outcome;
  }

  /** The request of one caller. Used by the reader's thread only, but for its outcome. */
  private static final class ArchiveSearch {

    final TopicPartition partition;
    final String flowId;
    final FlowStub stub;

    /** Whether a flow waits for it, not just a lookup. */
    final boolean recall;

    final CompletableFuture<Optional<StoredFlow>> outcome = new CompletableFuture<>();
    private final Map<String, byte[]> contents = new HashMap<>();
    private final long askedAt = System.nanoTime();

    ArchiveSearch(TopicPartition partition, String flowId, FlowStub stub, boolean recall) {
      this.partition = partition;
      this.flowId = flowId;
      this.stub = stub;
      this.recall = recall;
    }

    boolean isOpen() {
      return !outcome.isDone();
    }

    /** A flow that waits for it asks again later. */
    void cancel(String reason) {
      outcome.completeExceptionally(new CancellationException(reason));
    }

    /** Looks at one record of its flow; the contents of a flow precede it. */
    void look(byte[] value) {
      try {
        if (ArchiveCodec.isContent(value)) {
          ArchiveCodec.ArchivedContent content = ArchiveCodec.decodeContent(value);
          contents.put(content.digest(), content.bytes());
        } else if (ArchiveCodec.isFlow(value)) {
          byte[] flow = ArchiveCodec.decodeFlow(value).flow();
          if (stub.isOf(FlowStateCodec.decodeHead(flow))) {
            outcome.complete(Optional.of(complete(FlowStateCodec.decode(flow))));
          }
        }
      } catch (RuntimeException e) {
        outcome.completeExceptionally(e);
      }
    }

    private StoredFlow complete(StoredFlow flow) {
      Map<String, byte[]> all = new HashMap<>(flow.contents());
      for (String digest : ContentReferences.namedBy(flow.state()).keySet()) {
        byte[] bytes = all.containsKey(digest) ? all.get(digest) : contents.get(digest);
        if (bytes == null) {
          throw new UnreadableValueException(
              "content " + digest + " of the archived flow " + flowId + " is missing");
        }
        all.put(digest, bytes);
      }
      return new StoredFlow(flow.state(), flow.searchValue(), all);
    }

    /**
     * @param passed whether everything was read that could have been written at its time
     */
    void notFound(boolean passed) {
      if (passed
          || hasArrived(stub, recall, System.currentTimeMillis(), System.nanoTime() - askedAt)) {
        outcome.complete(Optional.empty());
      }
    }
  }

  /**
   * Whether an ended flow's record must have been committed, so that what is not found is gone.
   *
   * @param recall whether a flow waits for it; then a missing record does not count as gone at once
   * @param now ms since the epoch
   * @param searched how long it has been searched for, ns
   */
  static boolean hasArrived(FlowStub stub, boolean recall, long now, long searched) {
    // The later of the two: after an outage a flow may be archived under a time long past.
    if (!recall && now - Math.max(stub.archivedAt(), stub.endedAt()) > LONG_AGO_MS) {
      return true;
    }
    return now - stub.archivedAt() > ON_ITS_WAY_MS && searched > LEAST_SEARCH_NANOS;
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
  private static void attempt(Consumer<byte[], byte[]> consumer, List<ArchiveSearch> pass)
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

  private static void read(Consumer<byte[], byte[]> consumer, List<ArchiveSearch> pass) {
    TopicPartition partition = pass.get(0).partition;
    consumer.assign(List.of(partition));
    Map<String, List<ArchiveSearch>> wanted = new HashMap<>();
    for (ArchiveSearch search : pass) {
      wanted.computeIfAbsent(search.flowId, flowId -> new ArrayList<>()).add(search);
    }
    long latest = pass.get(pass.size() - 1).stub.archivedAt();
    boolean passed = scan(consumer, partition, pass.get(0).stub.archivedAt(), latest, wanted);
    pass.stream().filter(ArchiveSearch::isOpen).forEach(search -> search.notFound(passed));
  }

  /** Reads from a time on; returns whether it has read all that could have been written then. */
  private static boolean scan(
      Consumer<byte[], byte[]> consumer,
      TopicPartition partition,
      long earliest,
      long latest,
      Map<String, List<ArchiveSearch>> wanted) {
    OffsetAndTimestamp from = consumer.offsetsForTimes(Map.of(partition, earliest)).get(partition);
    if (from == null) {
      return false;
    }
    long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    consumer.seek(partition, from.offset());
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

  private static Consumer<byte[], byte[]> consumer(EngineSettings settings) {
    Map<String, Object> properties = new HashMap<>(settings.clientProperties());
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, settings.applicationId() + "-archive");
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
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

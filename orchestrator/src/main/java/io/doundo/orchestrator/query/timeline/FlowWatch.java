package io.doundo.orchestrator.query.timeline;

import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.json.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The live end of the audit log, for those who wait for something to happen to a flow. It reads
 * only the partitions of flows that are watched or were a moment ago. Its own thread does all
 * reading and calls the listeners; every public method may be called from any other thread.
 */
public final class FlowWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(FlowWatch.class);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration IDLE = Duration.ofMillis(500);

  /**
   * How long a partition is read after the last of its flows was watched: to begin anew takes a
   * request to the broker, for which all others wait.
   */
  private static final long LINGER_NANOS = Duration.ofSeconds(30).toNanos();

  private static final Duration POSITION_WAIT = Duration.ofSeconds(10);

  private static final TopicPartition UNKNOWN = new TopicPartition("", -1);

  /** Told of a flow's audit records; called by the reading thread, and so must be quick. */
  public interface Listener {
    void on(AuditRecord record);

    /** No more will come. */
    void onEnd(String reason);
  }

  /** Ends the watching of a flow. */
  public interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final boolean audited;
  private final BlockingQueue<Runnable> requests = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  private volatile int watched;

  // Touched by the reading thread only.
  private final Map<String, List<Watcher>> watchers = new HashMap<>();
  private final Set<TopicPartition> assigned = new HashSet<>();

  /** When a flow of the partition was last seen to be watched, as {@code System.nanoTime}. */
  private final Map<TopicPartition, Long> needed = new HashMap<>();

  private long releasedAt = System.nanoTime();
  private @Nullable Consumer<byte[], byte[]> consumer;

  /**
   * @param audited whether an audit log is written
   */
  public FlowWatch(ReadConsumers consumers, boolean audited) {
    this(
        () ->
            consumers.open(
                "doundo-watch",
                Map.of(
                    ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                    2_000,
                    // A broker answers one request of a connection after the other: whatever a
                    // fetch that waits for records may take, the next subscription takes as well.
                    ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                    (int) POLL.toMillis())),
        audited);
  }

  FlowWatch(Supplier<Consumer<byte[], byte[]>> consumers, boolean audited) {
    this.consumers = consumers;
    this.audited = audited;
    this.thread = new Thread(this::run, "doundo-watch");
    this.thread.setDaemon(true);
    this.thread.start();
  }

  /** Whether there is anything to watch. */
  public boolean audited() {
    return audited;
  }

  /** How many flows are watched currently. */
  public int watched() {
    return watched;
  }

  /**
   * Watches a flow from now on. When this returns, everything that is committed later will be told,
   * so that what the caller does next cannot be missed.
   *
   * @throws ReadsUnavailableException when that could not be arranged in time
   * @throws AuditOffException when no audit log is written
   */
  public Subscription subscribe(String flowId, Listener listener) {
    if (!audited) {
      throw new AuditOffException();
    }
    Watcher watcher = new Watcher(flowId, listener);
    requests.add(() -> add(watcher));
    try {
      watcher.positioned.get(POSITION_WAIT.toMillis(), TimeUnit.MILLISECONDS);
      return watcher;
    } catch (TimeoutException e) {
      watcher.close();
      throw new ReadsUnavailableException("Reading the audit log timed out.");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException reason) {
        throw reason;
      }
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      watcher.close();
      throw new ReadsUnavailableException("The wait was interrupted.");
    }
  }

  /** Ends every subscription, and then the thread. */
  @Override
  public void close() {
    closed = true;
    requests.add(() -> {});
    try {
      thread.join(Duration.ofSeconds(5).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closed) {
      try {
        carryOutRequests();
        if (consumer != null && !assigned.isEmpty()) {
          consumer.poll(POLL).forEach(this::tell);
          release();
        }
      } catch (RuntimeException | Error e) {
        // An error, too, must not end it: nobody could wait for a flow any more.
        LOG.warn("Watching the audit log failed", e);
        endAll("The audit log could not be read: " + e.getMessage());
      } catch (InterruptedException e) {
        break;
      }
    }
    closed = true;
    endAll("The orchestrator is stopping.");
    // A request that came too late must not wait for its time to run out.
    requests.forEach(Runnable::run);
  }

  private void carryOutRequests() throws InterruptedException {
    Runnable request =
        assigned.isEmpty()
            ? requests.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS)
            : requests.poll();
    while (request != null) {
      request.run();
      request = requests.poll();
    }
  }

  private void add(Watcher watcher) {
    if (closed) {
      watcher.positioned.completeExceptionally(
          new ReadsUnavailableException("The orchestrator is stopping."));
      return;
    }
    try {
      Consumer<byte[], byte[]> reader = reader();
      TopicPartition partition = FlowEventsTopic.partitionOf(watcher.flowId, reader);
      if (assigned.add(partition)) {
        reader.assign(assigned);
        reader.seekToEnd(List.of(partition));
        // Without this the end would be looked up with the next poll, and so too late.
        reader.position(partition);
      }
      watcher.partition = partition;
      needed.put(partition, System.nanoTime());
      watchers.computeIfAbsent(watcher.flowId, flowId -> new ArrayList<>()).add(watcher);
      watched = watchers.size();
      watcher.positioned.complete(null);
    } catch (RuntimeException | Error e) {
      watcher.positioned.completeExceptionally(e);
      throw e;
    }
  }

  private void remove(Watcher watcher) {
    List<Watcher> ofFlow = watchers.get(watcher.flowId);
    if (ofFlow == null || !ofFlow.remove(watcher)) {
      return;
    }
    if (ofFlow.isEmpty()) {
      watchers.remove(watcher.flowId);
      watched = watchers.size();
    }
  }

  /** Stops reading the partitions that nobody has needed for a while. */
  private void release() {
    long now = System.nanoTime();
    if (now - releasedAt < IDLE.toNanos()) {
      return;
    }
    releasedAt = now;
    watchers.values().forEach(all -> all.forEach(one -> needed.put(one.partition, now)));
    needed.values().removeIf(last -> now - last > LINGER_NANOS);
    if (assigned.retainAll(needed.keySet()) && consumer != null) {
      consumer.assign(assigned);
    }
  }

  private void tell(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null || record.value() == null) {
      return;
    }
    List<Watcher> ofFlow = watchers.get(new String(record.key(), StandardCharsets.UTF_8));
    if (ofFlow == null) {
      return;
    }
    try {
      AuditRecord audit = AuditRecord.decode(record.value());
      List.copyOf(ofFlow).forEach(watcher -> tell(watcher, audit));
    } catch (MalformedRecordException e) {
      LOG.warn(
          "Audit record at {}-{} offset {}: {}",
          record.topic(),
          record.partition(),
          record.offset(),
          e.reason());
    }
  }

  /** A listener that fails is told that no more will come, and keeps nobody else from hearing. */
  private void tell(Watcher watcher, AuditRecord audit) {
    try {
      watcher.listener.on(audit);
    } catch (RuntimeException e) {
      LOG.warn("A transition of a flow cannot be told to one of those who watch it", e);
      remove(watcher);
      endOrLog(() -> watcher.listener.onEnd("The audit log could not be read: " + e.getMessage()));
    }
  }

  private void endAll(String reason) {
    List<Watcher> all = watchers.values().stream().flatMap(List::stream).toList();
    watchers.clear();
    watched = 0;
    assigned.clear();
    needed.clear();
    Consumer<byte[], byte[]> open = consumer;
    consumer = null;
    all.forEach(watcher -> endOrLog(() -> watcher.listener.onEnd(reason)));
    if (open != null) {
      endOrLog(open::close);
    }
  }

  /** What fails while it ends keeps nothing else from ending. */
  private static void endOrLog(Runnable end) {
    try {
      end.run();
    } catch (RuntimeException | Error e) {
      LOG.warn("Ending a read of the audit log failed", e);
    }
  }

  private Consumer<byte[], byte[]> reader() {
    Consumer<byte[], byte[]> open = consumer;
    if (open == null) {
      open = consumers.get();
      consumer = open;
    }
    return open;
  }

  /** One subscription. */
  private final class Watcher implements Subscription {
    private final String flowId;
    private final Listener listener;
    private final CompletableFuture<@Nullable Void> positioned = new CompletableFuture<>();
    private TopicPartition partition = UNKNOWN;

    Watcher(String flowId, Listener listener) {
      this.flowId = flowId;
      this.listener = listener;
    }

    @Override
    public void close() {
      requests.add(() -> remove(this));
    }
  }
}

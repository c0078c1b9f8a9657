package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The read model behind lists of flows: the committed state of all live flows and of those that
 * ended lately, in memory, made from the changelog of the flows store and the archive topic. It is
 * read again with each start, of the archive as much as it can keep, and adds no write to a flow's
 * path. Its own thread reads; every public method may be called from any thread.
 */
public final class FlowIndex implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(FlowIndex.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration RETRY = Duration.ofSeconds(2);

  /** An ended flow, its larger contents, the end of its transaction; and partitions differ. */
  private static final long RECORDS_PER_FLOW = 8;

  /** Receives what the index reads, for the metrics; called by the reading thread. */
  public interface Listener {
    /** A record cannot be read, and the flow it is about is not in the lists as it stands. */
    void onUnreadable();
  }

  private final ReadConsumers consumers;
  private final String changelog;
  private final int maxFlows;
  private final IndexedFlows flows;
  private final Listener listener;
  private final Thread thread;
  private final CountDownLatch stopped = new CountDownLatch(1);

  /** Up to where unreadable records were told of: the topics may be read more than once. */
  private final Map<TopicPartition, Long> told = new HashMap<>();

  private volatile @Nullable Consumer<byte[], byte[]> reading;
  private volatile boolean caughtUp;
  private volatile long currentAt = System.currentTimeMillis();
  private volatile boolean closed;

  /**
   * @param changelog name of the changelog topic of the flows store
   */
  public FlowIndex(
      ReadConsumers consumers,
      String changelog,
      int maxFlows,
      Duration retention,
      Listener listener) {
    this.consumers = consumers;
    this.changelog = changelog;
    this.maxFlows = maxFlows;
    this.flows = new IndexedFlows(maxFlows, retention, System::currentTimeMillis);
    this.listener = listener;
    this.thread = new Thread(this::run, "doundo-flow-index");
    this.thread.setDaemon(true);
  }

  /** Begins to read; the topics must exist. */
  public void start() {
    thread.start();
  }

  /** Whether everything that was there at the start has been read. */
  public boolean caughtUp() {
    return caughtUp;
  }

  /** Whether flows are missing because there were more than the limit. */
  public boolean overflowed() {
    return flows.overflowed();
  }

  /** One flow, without the larger contents. */
  Optional<IndexedFlow> find(String flowId) {
    return flows.find(flowId);
  }

  /** All flows, in no order; each has a head. */
  Stream<IndexedFlow> all() {
    return flows.all();
  }

  /** How many flows there are. */
  long size() {
    return flows.size();
  }

  /** How long ago everything that was committed was here, in ms. */
  long lagMs() {
    return Math.max(0, System.currentTimeMillis() - currentAt);
  }

  @Override
  public void close() {
    closed = true;
    stopped.countDown();
    Consumer<byte[], byte[]> consumer = reading;
    if (consumer != null) {
      consumer.wakeup();
    }
    try {
      thread.join(Duration.ofSeconds(5).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads everything again, as after an error; for tests. */
  void readAgain() {
    Consumer<byte[], byte[]> consumer = reading;
    if (consumer != null) {
      consumer.wakeup();
    }
  }

  private void run() {
    while (!closed) {
      try (Consumer<byte[], byte[]> consumer = open()) {
        reading = consumer;
        follow(consumer);
      } catch (WakeupException e) {
        LOG.debug("woken up to stop");
      } catch (RuntimeException e) {
        LOG.warn("The flow lists cannot be updated; retrying", e);
        pause();
      }
    }
  }

  private Consumer<byte[], byte[]> open() {
    // Waits for a batch on the broker's side: a list may be a moment old, and the data plane
    // is not disturbed by thousands of small fetches.
    return consumers.open(
        "doundo-flow-index",
        Map.of(
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            5_000,
            ConsumerConfig.FETCH_MIN_BYTES_CONFIG,
            1024 * 1024,
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            (int) POLL.toMillis()));
  }

  private void follow(Consumer<byte[], byte[]> consumer) {
    List<TopicPartition> live = partitions(consumer, changelog);
    List<TopicPartition> archive = partitions(consumer, Topics.ARCHIVE);
    consumer.assign(Stream.of(live, archive).flatMap(List::stream).toList());
    consumer.seekToBeginning(live);
    caughtUp = false;
    flows.clear();
    Map<TopicPartition, Long> behind = new HashMap<>(consumer.endOffsets(live));
    Map<TopicPartition, Long> ends = consumer.endOffsets(archive);
    seekToLatest(consumer, ends);
    behind.putAll(ends);
    while (!closed) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      records.forEach(this::take);
      if (caughtUp && consumer.assignment().stream().allMatch(each -> hasNoLag(consumer, each))) {
        currentAt = System.currentTimeMillis();
      }
      if (!caughtUp) {
        behind.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
        if (behind.isEmpty()) {
          flows.forgetLost();
          caughtUp = true;
          LOG.info("The flow lists are complete: {} flows", flows.size());
        }
      }
    }
  }

  /** The archive may hold a thousand times what can be kept here. */
  private void seekToLatest(Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    long most = RECORDS_PER_FLOW * maxFlows / Math.max(1, ends.size());
    Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(ends.keySet());
    ends.forEach(
        (partition, end) -> {
          long beginning = beginnings.getOrDefault(partition, 0L);
          consumer.seek(partition, Math.max(beginning, end - most));
          if (end - most > beginning) {
            flows.overflow();
          }
        });
  }

  private static boolean hasNoLag(Consumer<byte[], byte[]> consumer, TopicPartition partition) {
    OptionalLong lag = consumer.currentLag(partition);
    return lag.isPresent() && lag.getAsLong() == 0;
  }

  private static List<TopicPartition> partitions(
      Consumer<byte[], byte[]> consumer, String... topics) {
    return Stream.of(topics)
        .map(consumer::partitionsFor)
        .flatMap(Collection::stream)
        .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
        .toList();
  }

  /**
   * One that cannot be read, foreign or written by a newer release, keeps no other from its place.
   */
  private void take(ConsumerRecord<byte[], byte[]> record) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    boolean news = record.offset() > told.getOrDefault(partition, -1L);
    try {
      takeFlow(record);
    } catch (KafkaException e) {
      throw e;
    } catch (RuntimeException e) {
      if (news) {
        listener.onUnreadable();
        LOG.warn(
            "{}@{} cannot be read; the lists show an older state of its flow: {}",
            partition,
            record.offset(),
            e.toString());
      }
    }
    if (news) {
      told.put(partition, record.offset());
    }
  }

  private void takeFlow(ConsumerRecord<byte[], byte[]> record) {
    byte @Nullable [] key = record.key();
    byte @Nullable [] value = record.value();
    if (key == null) {
      return;
    }
    String flowId = new String(key, StandardCharsets.UTF_8);
    if (!record.topic().equals(changelog)) {
      if (value != null) {
        IndexedFlow.ended(value).ifPresent(ended -> flows.putEnded(flowId, ended));
      }
    } else if (value == null) {
      flows.left(flowId);
    } else {
      flows.putLive(flowId, value);
    }
  }

  private void pause() {
    try {
      if (stopped.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.debug("stopped while waiting to retry");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed = true;
    }
  }
}

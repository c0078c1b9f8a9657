package io.doundo.orchestrator.query.notify;

import io.doundo.orchestrator.notify.Delivery;
import io.doundo.orchestrator.notify.DeliveryCodec;
import io.doundo.orchestrator.notify.DeliveryCodec.ResendRequest;
import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.TailThread;
import io.doundo.orchestrator.query.TopicPartitions;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deliveries as the topic of notifications has them, on every instance: all that are pending,
 * and the latest others. Its own thread reads; every method may be called from any thread.
 */
public final class Deliveries implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final long LOOK_FOR_PARTITIONS_NANOS = Duration.ofSeconds(30).toNanos();

  /** What the bodies of the deliveries that have ended may take together. */
  private static final long MOST_BYTES = 32L * 1024 * 1024;

  private final ReadConsumers consumers;
  private final int mostEnded;
  private final Map<String, Kept> kept = new ConcurrentHashMap<>();
  private final Map<String, OpenRequest> requests = new ConcurrentHashMap<>();

  /** How far each partition is read: the next offset. */
  private final Map<Integer, Long> positions = new ConcurrentHashMap<>();

  /** Those that have ended, in the order in which they did. Used by the thread only. */
  private final Map<String, Integer> ended = new LinkedHashMap<>();

  private final TailThread tail =
      new TailThread(
          "doundo-notifications", this::open, this::follow, "The notifications cannot be read");
  private long endedBytes;
  private volatile boolean caughtUp;

  /**
   * A delivery and the partition in which its records stand.
   *
   * @param partition of the topic of notifications
   */
  public record Kept(Delivery delivery, int partition) {}

  /**
   * A request that nobody has carried out yet.
   *
   * @param partition of the topic of notifications
   */
  public record OpenRequest(ResendRequest request, int partition) {}

  /**
   * Makes a reader.
   *
   * @param mostEnded how many deliveries that have ended are kept in memory
   */
  public Deliveries(ReadConsumers consumers, int mostEnded) {
    this.consumers = consumers;
    this.mostEnded = mostEnded;
  }

  /** Begins to read; the topic must exist. */
  public void start() {
    tail.start();
  }

  /** Whether everything that was there at the start has been read. */
  public boolean isComplete() {
    return caughtUp;
  }

  /** Whether the topic was read up to these offsets. */
  public boolean hasReached(Map<Integer, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> positions.getOrDefault(end.getKey(), 0L) >= end.getValue());
  }

  /** A delivery; empty when it is not known, or not any more. */
  public Optional<Kept> find(String id) {
    return Optional.ofNullable(kept.get(id));
  }

  /** The deliveries that match, latest event first. */
  public List<Kept> list(Predicate<Delivery> criteria, int most) {
    return kept.values().stream()
        .filter(one -> criteria.test(one.delivery()))
        .sorted(
            Comparator.comparing((Kept one) -> one.delivery().at())
                .reversed()
                .thenComparing(one -> one.delivery().id()))
        .limit(most)
        .toList();
  }

  /** All deliveries, in no order. */
  public Collection<Kept> all() {
    return kept.values();
  }

  /** The requests that nobody has carried out yet. */
  public List<OpenRequest> requests() {
    return List.copyOf(requests.values());
  }

  @Override
  public void close() {
    tail.stopNow();
  }

  private Consumer<byte[], byte[]> open() {
    return consumers.open(
        "doundo-notifications",
        Map.of(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) POLL.toMillis() * 5));
  }

  private void follow(Consumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions = assign(consumer);
    Map<TopicPartition, Long> behind = new HashMap<>(consumer.endOffsets(partitions));
    while (!tail.isStopped() && !behind.isEmpty()) {
      poll(consumer);
      behind.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
    }
    caughtUp = behind.isEmpty();
    long lookedAt = System.nanoTime();
    while (!tail.isStopped()) {
      poll(consumer);
      if (System.nanoTime() - lookedAt > LOOK_FOR_PARTITIONS_NANOS) {
        lookedAt = System.nanoTime();
        if (TopicPartitions.of(Topics.NOTIFICATIONS, consumer).size() != partitions.size()) {
          partitions = assign(consumer);
        }
      }
    }
  }

  /** Another consumer goes on where the one before has stopped. */
  private List<TopicPartition> assign(Consumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions = TopicPartitions.of(Topics.NOTIFICATIONS, consumer);
    consumer.assign(partitions);
    for (TopicPartition partition : partitions) {
      Long position = positions.get(partition.partition());
      if (position == null) {
        consumer.seekToBeginning(List.of(partition));
      } else {
        consumer.seek(partition, position);
      }
    }
    return partitions;
  }

  private void poll(Consumer<byte[], byte[]> consumer) {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
      read(record);
    }
    for (TopicPartition partition : consumer.assignment()) {
      positions.put(partition.partition(), consumer.position(partition));
    }
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) {
      return;
    }
    String key = new String(record.key(), StandardCharsets.UTF_8);
    byte[] value = record.value();
    try {
      if (DeliveryCodec.isRequest(key)) {
        if (value == null) {
          requests.remove(key);
        } else {
          requests.put(
              key, new OpenRequest(DeliveryCodec.decodeRequest(value), record.partition()));
        }
      } else {
        keep(key, value == null ? null : DeliveryCodec.decode(value), record.partition());
      }
    } catch (MalformedRecordException e) {
      LOG.warn(
          "The notification at offset {} of {}-{} is left out: {}",
          record.offset(),
          record.topic(),
          record.partition(),
          e.reason());
    }
  }

  private void keep(String id, @Nullable Delivery delivery, int partition) {
    Integer before = ended.remove(id);
    endedBytes -= before == null ? 0 : before;
    if (delivery == null) {
      kept.remove(id);
      return;
    }
    kept.put(id, new Kept(delivery, partition));
    if (!delivery.isPending()) {
      int bytes = delivery.body().size();
      ended.put(id, bytes);
      endedBytes += bytes;
    }
    while (ended.size() > mostEnded || endedBytes > MOST_BYTES) {
      Map.Entry<String, Integer> oldest = ended.entrySet().iterator().next();
      ended.remove(oldest.getKey());
      endedBytes -= oldest.getValue();
      kept.remove(oldest.getKey());
    }
  }
}

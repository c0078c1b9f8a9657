package io.doundo.orchestrator.query.notify;

import io.doundo.orchestrator.notify.Delivery;
import io.doundo.orchestrator.notify.DeliveryCodec.ResendRequest;
import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.TailThread;
import io.doundo.orchestrator.query.TopicPartitions;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The deliveries as the topic of notifications has them, on every instance: all that are pending,
 * and the latest others. Its own thread reads; every method may be called from any thread.
 */
public final class Deliveries implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final long LOOK_FOR_PARTITIONS_NANOS = Duration.ofSeconds(30).toNanos();

  private final ReadConsumers consumers;
  private final StoredDeliveries stored;

  /** How far each partition is read: the next offset. */
  private final Map<Integer, Long> positions = new ConcurrentHashMap<>();

  private final TailThread tail =
      new TailThread(
          "doundo-notifications", this::open, this::follow, "The notifications cannot be read");
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
   * @param mostEnded how many delivered ones are kept in memory, and how many given up ones
   */
  public Deliveries(ReadConsumers consumers, int mostEnded) {
    this.consumers = consumers;
    this.stored = new StoredDeliveries(mostEnded);
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

  /** What the topic says, as far as it was read. */
  public StoredDeliveries stored() {
    return stored;
  }

  /** A delivery; empty when it is not known, or not any more. */
  public Optional<Kept> find(String id) {
    return stored.find(id);
  }

  /** The deliveries that match, latest event first. */
  public List<Kept> list(Predicate<Delivery> criteria, int most) {
    return stored.list(criteria, most);
  }

  /** All deliveries, in no order. */
  public Collection<Kept> all() {
    return stored.all();
  }

  /** The requests that nobody has carried out yet. */
  public List<OpenRequest> requests() {
    return stored.requests();
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
      stored.read(record);
    }
    for (TopicPartition partition : consumer.assignment()) {
      positions.put(partition.partition(), consumer.position(partition));
    }
  }
}

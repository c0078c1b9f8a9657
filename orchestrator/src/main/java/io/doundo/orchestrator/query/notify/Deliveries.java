package io.doundo.orchestrator.query.notify;

import io.doundo.orchestrator.notify.Delivery;
import io.doundo.orchestrator.notify.DeliveryCodec.ResendRequest;
import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.TailThread;
import io.doundo.orchestrator.query.TopicPartitions;
import io.doundo.orchestrator.query.TopicProgress;
import io.doundo.orchestrator.query.TopicProgress.ListAge;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * The deliveries as the topic of notifications has them, on every instance: all that are pending,
 * and the latest others. Its own thread reads; every method may be called from any thread.
 */
public final class Deliveries implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final long LOOK_FOR_PARTITIONS_NANOS = Duration.ofSeconds(30).toNanos();

  /** How many deliveries are read again at a time: a body may have 64 KB. */
  private static final int MOST_AGAIN = 50;

  private static final long LONGEST_AGAIN_NANOS = Duration.ofSeconds(30).toNanos();

  private final ReadConsumers consumers;
  private final StoredDeliveries stored;

  /** How far each partition is read: the next offset. */
  private final Map<Integer, Long> positions = new ConcurrentHashMap<>();

  private final TailThread tail =
      new TailThread(
          "doundo-notifications", this::open, this::follow, "The notifications cannot be read");
  private final TopicProgress progress = new TopicProgress("notifications");
  private volatile boolean caughtUp;

  /**
   * A delivery and where its latest record stands.
   *
   * @param partition of the topic of notifications
   * @param hasBody false when too many bodies are in memory: then the body is in the topic only
   */
  public record Kept(Delivery delivery, int partition, long offset, boolean hasBody) {}

  /**
   * A delivery whose record was replaced by a late one, of an owner before who did not know it.
   *
   * @param at the offset of the late record
   */
  public record Replaced(Kept kept, long at) {}

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
   * @param mostPendingBytes what the bodies of the pending ones may take in memory
   */
  public Deliveries(ReadConsumers consumers, int mostEnded, long mostPendingBytes) {
    this.consumers = consumers;
    this.stored = new StoredDeliveries(mostEnded, mostPendingBytes);
  }

  /** Begins to read; the topic must exist. */
  public void start() {
    tail.start();
  }

  /** Whether everything that was there at the start has been read. */
  public boolean isComplete() {
    return caughtUp;
  }

  /** How old a list is that is answered now. */
  public ListAge age() {
    return progress.age(caughtUp, System.currentTimeMillis());
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

  /**
   * Reads deliveries once more, with their bodies, a few at a time. Those that have a later record
   * meanwhile are left out.
   *
   * @throws TimeoutException when nothing can be read for half a minute
   */
  public void readAgain(Collection<Kept> wanted, Consumer<List<Delivery>> each) {
    Map<TopicPartition, NavigableSet<Long>> left = new HashMap<>();
    for (Kept kept : wanted) {
      left.computeIfAbsent(
              new TopicPartition(Topics.NOTIFICATIONS, kept.partition()), p -> new TreeSet<>())
          .add(kept.offset());
    }
    try (org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer =
        consumers.open(
            "doundo-notifications-again",
            Map.of(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MOST_AGAIN))) {
      consumer.assign(left.keySet());
      Map<TopicPartition, Long> ends = consumer.endOffsets(left.keySet());
      left.forEach((partition, offsets) -> consumer.seek(partition, offsets.first()));
      long progressed = System.nanoTime();
      while (!left.isEmpty()) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        List<Delivery> found = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
          Set<Long> offsets = left.get(new TopicPartition(record.topic(), record.partition()));
          if (offsets != null && offsets.remove(record.offset())) {
            StoredDeliveries.deliveryOf(record).ifPresent(found::add);
          }
        }
        left.entrySet()
            .removeIf(
                one -> {
                  long position = consumer.position(one.getKey());
                  one.getValue().headSet(position).clear();
                  return one.getValue().isEmpty()
                      || position >= ends.getOrDefault(one.getKey(), 0L);
                });
        if (!found.isEmpty()) {
          each.accept(found);
        }
        if (!records.isEmpty()) {
          progressed = System.nanoTime();
        } else if (System.nanoTime() - progressed > LONGEST_AGAIN_NANOS) {
          throw new TimeoutException("the stored notifications cannot be read again");
        }
      }
    }
  }

  @Override
  public void close() {
    tail.stopNow();
  }

  private org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> open() {
    return consumers.open(
        "doundo-notifications",
        Map.of(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) POLL.toMillis() * 5));
  }

  private void follow(org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions = assign(consumer);
    Map<TopicPartition, Long> behind = new HashMap<>(consumer.endOffsets(partitions));
    while (!tail.isStopped() && !behind.isEmpty()) {
      poll(consumer);
      behind.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
    }
    caughtUp = behind.isEmpty();
    progress.begin(consumer);
    long lookedAt = System.nanoTime();
    while (!tail.isStopped()) {
      long begun = System.currentTimeMillis();
      poll(consumer);
      progress.polled(consumer, begun);
      if (System.nanoTime() - lookedAt > LOOK_FOR_PARTITIONS_NANOS) {
        lookedAt = System.nanoTime();
        if (TopicPartitions.of(Topics.NOTIFICATIONS, consumer).size() != partitions.size()) {
          partitions = assign(consumer);
        }
      }
    }
  }

  /** Another consumer goes on where the one before has stopped. */
  private List<TopicPartition> assign(
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer) {
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

  private void poll(org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer) {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
      stored.read(record);
    }
    for (TopicPartition partition : consumer.assignment()) {
      positions.put(partition.partition(), consumer.position(partition));
    }
  }
}

package io.doundo.orchestrator.notify.delivery;

import io.doundo.orchestrator.notify.Delivery;
import io.doundo.orchestrator.notify.DeliveryCodec;
import io.doundo.orchestrator.notify.DeliveryCodec.ResendRequest;
import io.doundo.orchestrator.notify.DeliveryQueue;
import io.doundo.orchestrator.notify.Notice;
import io.doundo.orchestrator.notify.ReceiverProgram;
import io.doundo.orchestrator.notify.SendResult;
import io.doundo.orchestrator.notify.delivery.Notifier.Listener;
import io.doundo.orchestrator.notify.delivery.Notifier.NotifierSettings;
import io.doundo.orchestrator.query.notify.Deliveries;
import io.doundo.orchestrator.query.notify.Deliveries.Kept;
import io.doundo.orchestrator.query.notify.Deliveries.OpenRequest;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deliveries of the partitions of the audit log that this instance owns: makes them, sends
 * them, and stores what becomes of them. Nothing is sent before the broker has acknowledged it.
 * Used by one thread; only the results of attempts arrive on others.
 */
final class DeliveryWork {

  private static final Logger LOG = LoggerFactory.getLogger(DeliveryWork.class);

  private final Producer<byte[], byte[]> producer;
  private final Deliveries deliveries;
  private final DeliverySender sender;
  private final NotifierSettings settings;
  private final Clock clock;
  private final Listener listener;

  /** By address. */
  private final Map<String, DeliveryQueue> queues = new TreeMap<>();

  /** The partition of the topic of notifications in which a pending delivery stands. */
  private final Map<String, Integer> partitions = new HashMap<>();

  private final Queue<Ended> ended = new ConcurrentLinkedQueue<>();

  /** Requests that are carried out, until they are seen to be deleted. */
  private Set<String> carriedOut = new HashSet<>();

  private final List<Future<RecordMetadata>> unacknowledged = new ArrayList<>();
  private Set<Integer> sources = Set.of();

  /** An attempt that has ended. */
  private record Ended(Delivery delivery, SendResult result) {}

  DeliveryWork(
      Producer<byte[], byte[]> producer,
      Deliveries deliveries,
      DeliverySender sender,
      NotifierSettings settings,
      Clock clock,
      Listener listener) {
    this.producer = producer;
    this.deliveries = deliveries;
    this.sender = sender;
    this.settings = settings;
    this.clock = clock;
    this.listener = listener;
  }

  /** Forgets the deliveries of partitions that have another owner now. */
  void keepOnly(Set<Integer> owned) {
    if (owned.equals(sources)) {
      return;
    }
    sources = owned;
    for (DeliveryQueue queue : queues.values()) {
      queue.removeIf(delivery -> !owned.contains(delivery.source()));
    }
    partitions.keySet().removeIf(id -> queues.values().stream().allMatch(q -> q.find(id) == null));
  }

  /** Takes over the pending deliveries of these partitions. */
  void restore(Set<Integer> restored) {
    if (restored.isEmpty()) {
      return;
    }
    Set<Integer> all = new HashSet<>(sources);
    all.addAll(restored);
    sources = all;
    for (Kept kept : deliveries.all()) {
      if (kept.delivery().isPending() && restored.contains(kept.delivery().source())) {
        enqueue(kept.delivery(), kept.partition());
      }
    }
  }

  /** Makes and stores the deliveries that follow from records of the audit log. */
  void tell(ConsumerRecords<byte[], byte[]> records, KnownReceivers receivers) {
    Map<Delivery, Integer> made = new LinkedHashMap<>();
    Instant now = clock.instant();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (record.value() == null
          || !AuditRecord.isOfFlow(record.key())
          || !Notice.mayBeIn(record.value())) {
        continue;
      }
      AuditRecord audit = decoded(record);
      if (audit == null) {
        continue;
      }
      for (Notice notice : Notice.of(audit)) {
        for (ReceiverProgram receiver : receivers.of(notice)) {
          Delivery.of(notice, receiver, record.partition(), now, settings.rules())
              .filter(delivery -> !isKnown(delivery.id()))
              .ifPresent(
                  delivery -> {
                    int partition = record.partition() % count();
                    Delivery stored = queue(delivery).admit(delivery, now);
                    store(stored, partition);
                    made.put(stored, partition);
                  });
        }
      }
    }
    acknowledge();
    made.forEach(this::made);
  }

  private void made(Delivery delivery, int partition) {
    listener.onMade();
    if (delivery.isPending()) {
      enqueue(delivery, partition);
    } else {
      listener.onGivenUp();
      LOG.debug("too many deliveries wait already; {} is given up", delivery.id());
    }
  }

  private static @Nullable AuditRecord decoded(ConsumerRecord<byte[], byte[]> record) {
    try {
      return AuditRecord.decode(record.value());
    } catch (MalformedRecordException e) {
      LOG.warn(
          "Nobody is told of the record at offset {} of {}-{}: {}",
          record.offset(),
          record.topic(),
          record.partition(),
          e.reason());
      return null;
    }
  }

  private boolean isKnown(String id) {
    return partitions.containsKey(id) || deliveries.find(id).isPresent();
  }

  /** Sends again what was asked for, and deletes the requests. */
  void carryOutRequests(Set<Integer> owned) {
    List<OpenRequest> open = deliveries.requests();
    if (open.isEmpty()) {
      carriedOut = new HashSet<>();
      return;
    }
    Set<String> seen = new HashSet<>();
    Map<Delivery, Integer> again = new LinkedHashMap<>();
    Instant now = clock.instant();
    for (OpenRequest one : open) {
      ResendRequest request = one.request();
      if (!owned.contains(request.source())) {
        continue;
      }
      seen.add(request.id());
      if (carriedOut.contains(request.id())) {
        continue;
      }
      deliveries
          .find(request.delivery())
          .ifPresent(
              kept -> {
                Delivery waiting = queue(kept.delivery()).find(request.delivery());
                Delivery before = waiting == null ? kept.delivery() : waiting;
                Delivery resent = before.resent(request.id(), request.by(), now, settings.rules());
                if (!resent.equals(before)) {
                  store(resent, kept.partition());
                  again.put(resent, kept.partition());
                }
              });
      remember(
          producer.send(
              new ProducerRecord<>(
                  Topics.NOTIFICATIONS, one.partition(), bytes(request.key()), null)));
    }
    acknowledge();
    again.forEach(this::enqueue);
    carriedOut = seen;
  }

  /** Stores what became of the attempts that have ended. */
  void takeResults() {
    Instant now = clock.instant();
    List<Delivery> over = new ArrayList<>();
    Ended one = ended.poll();
    while (one != null) {
      listener.onAttempt(one.result().isDelivered(), Duration.ofMillis(one.result().tookMs()));
      Delivery after = queue(one.delivery()).ended(one.delivery().id(), one.result(), now);
      if (after != null) {
        store(after, partitionOf(after));
        if (!after.isPending()) {
          over.add(after);
        }
      }
      one = ended.poll();
    }
    acknowledge();
    over.forEach(this::over);
  }

  /** Gives up the deliveries whose time is over. */
  void giveUp() {
    Instant now = clock.instant();
    List<Delivery> over = new ArrayList<>();
    for (DeliveryQueue queue : queues.values()) {
      over.addAll(queue.expired(now));
    }
    over.forEach(delivery -> store(delivery, partitionOf(delivery)));
    acknowledge();
    over.forEach(this::over);
  }

  private void over(Delivery delivery) {
    partitions.remove(delivery.id());
    if (delivery.state() != Delivery.State.GIVEN_UP) {
      return;
    }
    listener.onGivenUp();
    LOG.warn(
        "The receiver {} was not told that {} is {}: {}",
        delivery.receiver(),
        delivery.flowId(),
        delivery.occasion(),
        delivery.recent().isEmpty()
            ? ""
            : delivery.recent().get(delivery.recent().size() - 1).error());
  }

  /** Begins the attempts that are due. */
  void sendDue() {
    Instant now = clock.instant();
    for (DeliveryQueue queue : queues.values()) {
      for (Delivery delivery : queue.due(now)) {
        sender
            .send(delivery)
            .whenComplete(
                (result, failure) ->
                    ended.add(
                        new Ended(
                            delivery,
                            failure == null
                                ? result
                                : new SendResult(0, String.valueOf(failure), null, 0))));
      }
    }
  }

  long pending() {
    return queues.values().stream().mapToLong(DeliveryQueue::size).sum();
  }

  /** How long ago the oldest pending delivery happened, in ms; 0 when there is none. */
  long oldestMs() {
    Instant oldest = null;
    for (DeliveryQueue queue : queues.values()) {
      Instant of = queue.oldest();
      oldest = oldest == null || (of != null && of.isBefore(oldest)) ? of : oldest;
    }
    return oldest == null ? 0 : Math.max(0, Duration.between(oldest, clock.instant()).toMillis());
  }

  /** The addresses whose last attempt failed, and why. */
  Map<String, String> failing() {
    Map<String, String> failing = new TreeMap<>();
    queues.forEach(
        (address, queue) -> {
          String failure = queue.failure();
          if (failure != null) {
            failing.put(address, failure);
          }
        });
    return failing;
  }

  private void enqueue(Delivery delivery, int partition) {
    partitions.put(delivery.id(), partition);
    queue(delivery).add(delivery);
  }

  private DeliveryQueue queue(Delivery delivery) {
    return queues.computeIfAbsent(
        delivery.connection() + delivery.url(),
        address ->
            new DeliveryQueue(
                address, settings.atOnce(), settings.mostPending(), settings.rules()));
  }

  private int partitionOf(Delivery delivery) {
    Integer known = partitions.get(delivery.id());
    return known == null ? delivery.source() % count() : known;
  }

  private int count() {
    return producer.partitionsFor(Topics.NOTIFICATIONS).size();
  }

  private void store(Delivery delivery, int partition) {
    remember(
        producer.send(
            new ProducerRecord<>(
                Topics.NOTIFICATIONS,
                partition,
                bytes(delivery.id()),
                DeliveryCodec.encode(delivery))));
  }

  private void remember(Future<RecordMetadata> sent) {
    unacknowledged.add(sent);
  }

  private void acknowledge() {
    try {
      for (Future<RecordMetadata> sent : unacknowledged) {
        RecordMetadata unused = sent.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new KafkaException(e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } finally {
      unacknowledged.clear();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

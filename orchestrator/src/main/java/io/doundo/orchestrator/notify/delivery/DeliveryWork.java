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
import io.doundo.orchestrator.notify.delivery.Results.Ended;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.notify.Deliveries.Kept;
import io.doundo.orchestrator.query.notify.Deliveries.OpenRequest;
import io.doundo.orchestrator.query.notify.StoredDeliveries;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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

  /** How long one receiver that accepts may hold up the others. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  /** The part of a limit to which it must go down before more is read. */
  private static final double RELIEVED = 0.9;

  /** The part of the bytes at which nothing more is read: what was read yet must fit. */
  private static final double FULL_BYTES = 0.75;

  /** The bytes of a body that is not to be in memory twice. */
  private static final int LARGE = 4 * 1024;

  private final Producer<byte[], byte[]> producer;
  private final StoredDeliveries deliveries;
  private final DeliverySender sender;
  private final NotifierSettings settings;
  private final Clock clock;
  private final Listener listener;

  /** By address. */
  private final Map<String, DeliveryQueue> queues = new TreeMap<>();

  /** The partition of the topic of notifications in which a pending delivery stands. */
  private final Map<String, Integer> partitions = new HashMap<>();

  private final Results results;

  /** Requests that are carried out, until they are seen to be deleted. */
  private Set<String> carriedOut = new HashSet<>();

  private final List<Future<RecordMetadata>> unacknowledged = new ArrayList<>();
  private Set<Integer> sources = Set.of();

  /** Since when nothing is read because too many wait; null while that is not so. */
  private @Nullable Instant waitsSince;

  DeliveryWork(
      Producer<byte[], byte[]> producer,
      StoredDeliveries deliveries,
      DeliverySender sender,
      NotifierSettings settings,
      Clock clock,
      Listener listener,
      Results results) {
    this.producer = producer;
    this.deliveries = deliveries;
    this.sender = sender;
    this.settings = settings;
    this.clock = clock;
    this.listener = listener;
    this.results = results;
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

  /**
   * Takes over the pending deliveries of these partitions, those that wait longest first. What
   * takes more bytes than may wait is given up.
   */
  void restore(Set<Integer> restored) {
    if (restored.isEmpty()) {
      return;
    }
    Set<Integer> all = new HashSet<>(sources);
    all.addAll(restored);
    sources = all;
    results.forgetOlder(
        delivery -> restored.contains(delivery.source()),
        id -> deliveries.find(id).map(Kept::delivery));
    List<Kept> taken =
        deliveries.all().stream()
            .filter(kept -> restored.contains(kept.delivery().source()))
            .filter(kept -> kept.delivery().isPending())
            .sorted(Comparator.comparing(kept -> kept.delivery().at()))
            .toList();
    List<Delivery> over = new ArrayList<>();
    Instant now = clock.instant();
    long bytes = ownBytes();
    for (Kept kept : taken) {
      Delivery after = results.after(kept.delivery().id());
      Delivery delivery = after == null ? kept.delivery() : after;
      partitions.put(delivery.id(), kept.partition());
      if (!delivery.isPending()) {
        // It is stored with the results.
        continue;
      }
      Delivery admitted = withinBytes(delivery, bytes, now);
      if (admitted.isPending()) {
        bytes += admitted.body().size();
        enqueue(admitted, kept.partition());
      } else {
        store(admitted, kept.partition());
        over.add(admitted);
      }
    }
    acknowledge();
    over.forEach(this::over);
  }

  /**
   * Makes and stores the deliveries that follow from records of the audit log.
   *
   * @throws ReadsUnavailableException when the receivers of a new version cannot be read now; then
   *     nothing was made
   */
  void tell(ConsumerRecords<byte[], byte[]> records, KnownReceivers receivers) {
    Map<String, Delivery> made = new LinkedHashMap<>();
    Instant now = clock.instant();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (sources.contains(record.partition())) {
        for (Notice notice : notices(record)) {
          for (ReceiverProgram receiver : receivers.of(notice)) {
            Delivery.of(notice, receiver, record.partition(), now, settings.rules())
                .filter(delivery -> !isKnown(delivery.id()))
                .ifPresent(delivery -> made.putIfAbsent(delivery.id(), delivery));
          }
        }
      }
    }
    if (!made.isEmpty()) {
      store(made.values(), now);
    }
  }

  private void store(Collection<Delivery> made, Instant now) {
    List<Delivery> stored = new ArrayList<>();
    long bytes = heldBytes();
    for (Delivery delivery : made) {
      Delivery admitted = withinBytes(queue(delivery).admit(delivery, now), bytes, now);
      bytes += admitted.isPending() ? admitted.body().size() : 0;
      store(admitted, admitted.source() % count());
      stored.add(admitted);
    }
    acknowledge();
    stored.forEach(this::made);
  }

  private void made(Delivery delivery) {
    listener.onMade();
    if (delivery.isPending()) {
      enqueue(delivery, delivery.source() % count());
    } else {
      listener.onGivenUp();
      LOG.debug("too many deliveries wait already; {} is given up", delivery.id());
    }
  }

  /** The delivery, given up when its body does not fit beside what waits already. */
  private Delivery withinBytes(Delivery delivery, long bytes, Instant now) {
    return !delivery.isPending() || bytes + delivery.body().size() <= settings.mostPendingBytes()
        ? delivery
        : delivery.givenUp(
            "deliveries with bodies of %,d bytes wait already, and %,d may"
                .formatted(bytes, settings.mostPendingBytes()),
            now);
  }

  /** What the bodies of all that wait take here; every instance has those of all instances. */
  private long heldBytes() {
    return Math.max(deliveries.pendingBytes(), ownBytes());
  }

  private long ownBytes() {
    return queues.values().stream().mapToLong(DeliveryQueue::bytes).sum();
  }

  /**
   * Whether nothing is to be read now, because too many wait for a receiver that accepts them.
   * After a minute others are not to wait any longer, and further ones are given up. For a receiver
   * that fails nobody waits.
   */
  boolean mustWait() {
    if (!isFull(waitsSince == null ? 1 : RELIEVED)) {
      waitsSince = null;
      return false;
    }
    Instant now = clock.instant();
    Instant since = waitsSince == null ? now : waitsSince;
    waitsSince = since;
    return now.isBefore(since.plus(LONGEST_WAIT));
  }

  private boolean isFull(double share) {
    DeliveryQueue largest = null;
    for (DeliveryQueue queue : queues.values()) {
      if (queue.failure() == null && queue.size() >= share * settings.mostPending()) {
        return true;
      }
      largest = largest == null || queue.bytes() > largest.bytes() ? queue : largest;
    }
    return largest != null
        && largest.size() > 0
        && largest.failure() == null
        && heldBytes() >= share * FULL_BYTES * settings.mostPendingBytes();
  }

  /** Has each large body in memory once: the same one as in the deliveries that are shown. */
  void shareBodies() {
    for (DeliveryQueue queue : queues.values()) {
      queue.replaceAll(
          delivery ->
              delivery.body().size() < LARGE
                  ? delivery
                  : deliveries
                      .find(delivery.id())
                      .map(kept -> delivery.withBodyOf(kept.delivery()))
                      .orElse(delivery));
    }
  }

  /** No record holds up those that follow, whatever is in it. */
  private static List<Notice> notices(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null
        || !AuditRecord.isOfFlow(record.key())
        || !Notice.mayBeIn(record.value())) {
      return List.of();
    }
    try {
      return Notice.of(AuditRecord.decode(record.value()));
    } catch (MalformedRecordException e) {
      passOver(record, e.reason());
    } catch (RuntimeException | StackOverflowError e) {
      passOver(record, e.toString());
    }
    return List.of();
  }

  private static void passOver(ConsumerRecord<byte[], byte[]> record, String why) {
    LOG.warn(
        "Nobody is told of the record at offset {} of {}-{}: {}",
        record.offset(),
        record.topic(),
        record.partition(),
        why);
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
                  Delivery stored =
                      before.isPending()
                          ? resent
                          : withinBytes(resent, heldBytes() + more(again), now);
                  store(stored, kept.partition());
                  again.put(stored, kept.partition());
                }
              });
      remember(
          producer.send(
              new ProducerRecord<>(
                  Topics.NOTIFICATIONS, one.partition(), bytes(request.key()), null)));
    }
    acknowledge();
    again.forEach(
        (delivery, partition) -> {
          if (delivery.isPending()) {
            enqueue(delivery, partition);
          } else {
            over(delivery);
          }
        });
    carriedOut = seen;
  }

  private static long more(Map<Delivery, Integer> again) {
    return again.keySet().stream()
        .filter(Delivery::isPending)
        .mapToLong(delivery -> delivery.body().size())
        .sum();
  }

  /** Stores what became of the attempts that have ended, of those before a failure too. */
  void takeResults() {
    Instant now = clock.instant();
    for (Ended one : results.take(this::isHere)) {
      listener.onAttempt(one.result().isDelivered(), Duration.ofMillis(one.result().tookMs()));
      Delivery after = queue(one.delivery()).ended(one.delivery().id(), one.result(), now);
      if (after != null) {
        results.toStore(after);
      }
    }
    List<Delivery> unstored = results.unstored(this::isHere);
    unstored.forEach(delivery -> store(delivery, partitionOf(delivery)));
    acknowledge();
    results.stored(unstored);
    unstored.stream().filter(delivery -> !delivery.isPending()).forEach(this::over);
  }

  private boolean isHere(Delivery delivery) {
    return sources.contains(delivery.source());
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
        send(delivery);
      }
    }
  }

  private void send(Delivery delivery) {
    try {
      sender
          .send(delivery)
          .whenComplete(
              (result, failure) ->
                  results.arrive(delivery, failure == null ? result : failed(failure)));
    } catch (RuntimeException e) {
      results.arrive(delivery, failed(e));
    }
  }

  private static SendResult failed(Throwable failure) {
    return new SendResult(0, String.valueOf(failure), null, 0);
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

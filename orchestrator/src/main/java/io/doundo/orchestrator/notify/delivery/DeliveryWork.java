package io.doundo.orchestrator.notify.delivery;

import io.doundo.orchestrator.notify.Delivery;
import io.doundo.orchestrator.notify.Delivery.LastResend;
import io.doundo.orchestrator.notify.DeliveryQueue;
import io.doundo.orchestrator.notify.Notice;
import io.doundo.orchestrator.notify.ReceiverPace;
import io.doundo.orchestrator.notify.ReceiverProgram;
import io.doundo.orchestrator.notify.SendResult;
import io.doundo.orchestrator.notify.delivery.Notifier.Listener;
import io.doundo.orchestrator.notify.delivery.Notifier.NotifierSettings;
import io.doundo.orchestrator.notify.delivery.Results.Ended;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.notify.Deliveries.Kept;
import io.doundo.orchestrator.query.notify.Deliveries.Replaced;
import io.doundo.orchestrator.query.notify.StoredDeliveries;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.json.MalformedRecordException;
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
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
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

  /** The bytes of a body that is not to be in memory twice. */
  private static final int LARGE = 4 * 1024;

  private final NotificationWriter writer;
  private final StoredDeliveries deliveries;
  private final BodyReader bodies;
  private final DeliverySender sender;
  private final NotifierSettings settings;
  private final Clock clock;
  private final Listener listener;

  /** By address. */
  private final Map<String, DeliveryQueue> queues = new TreeMap<>();

  /** The partition of the topic of notifications in which a pending delivery stands. */
  private final Map<String, Integer> partitions = new HashMap<>();

  private final ResendRequests requests;
  private final PendingRoom room;
  private final Memory memory;
  private Set<Integer> sources = Set.of();

  /** The offsets of late records for which the right ones are stored, until those are seen. */
  private Map<String, Long> storedAgain = new HashMap<>();

  /** How often each delivery had been sent again that has ended here, until its end is read. */
  private final Map<String, Integer> ended = new HashMap<>();

  /** Reads stored deliveries once more, with their bodies, a few at a time. */
  @FunctionalInterface
  interface BodyReader {
    void read(Collection<Kept> wanted, Consumer<List<Delivery>> each);
  }

  /**
   * What outlives a consumer and its work.
   *
   * @param results what became of attempts
   * @param paces how fast each address is sent to
   */
  record Memory(Results results, Map<String, ReceiverPace> paces) {
    static Memory empty() {
      return new Memory(new Results(), new HashMap<>());
    }
  }

  DeliveryWork(
      Producer<byte[], byte[]> producer,
      StoredDeliveries deliveries,
      BodyReader bodies,
      DeliverySender sender,
      NotifierSettings settings,
      Clock clock,
      Listener listener,
      Memory memory) {
    this.writer = new NotificationWriter(producer);
    this.deliveries = deliveries;
    this.bodies = bodies;
    this.sender = sender;
    this.settings = settings;
    this.clock = clock;
    this.listener = listener;
    this.memory = memory;
    this.requests = new ResendRequests(deliveries, writer, settings.rules());
    this.room = new PendingRoom(queues.values(), deliveries, settings, clock);
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
    memory
        .results()
        .forgetOlder(
            delivery -> restored.contains(delivery.source()),
            id -> deliveries.find(id).map(Kept::delivery));
    List<Kept> taken =
        deliveries.all().stream()
            .filter(kept -> restored.contains(kept.delivery().source()))
            .filter(kept -> kept.delivery().isPending())
            .sorted(Comparator.comparing(kept -> kept.delivery().at()))
            .toList();
    takeOver(taken);
  }

  /**
   * Takes over the pending deliveries that an owner before has stored after this one had read what
   * is stored: it did not know yet that it has lost its partition, and does not send them.
   */
  void takeOverLate() {
    ended
        .entrySet()
        .removeIf(
            one ->
                deliveries
                    .find(one.getKey())
                    .map(Kept::delivery)
                    .filter(delivery -> isEnded(delivery, one.getValue()))
                    .isEmpty());
    List<Kept> late = new ArrayList<>();
    for (Kept kept : deliveries.all()) {
      Delivery delivery = kept.delivery();
      if (!delivery.isPending()
          || !isHere(delivery)
          || isEnded(delivery, ended.get(delivery.id()))
          || memory.results().after(delivery.id()) != null) {
        continue;
      }
      Delivery waiting = queue(delivery).find(delivery.id());
      LastResend resend = delivery.resend();
      if (waiting == null) {
        late.add(kept);
      } else if (resend != null && waiting.resends() < resend.count()) {
        Instant now = clock.instant();
        enqueue(waiting.resent(resend.id(), resend.by(), now, settings.rules()), kept.partition());
      }
    }
    takeOver(late);
  }

  /** Whether what is pending is what has ended here. */
  private static boolean isEnded(Delivery pending, @Nullable Integer resends) {
    return resends != null && pending.isPending() && pending.resends() <= resends;
  }

  private void takeOver(List<Kept> taken) {
    List<Kept> withoutBody = new ArrayList<>();
    List<Delivery> over = new ArrayList<>();
    for (Kept kept : taken) {
      Delivery after = memory.results().after(kept.delivery().id());
      if (after == null && !kept.hasBody()) {
        withoutBody.add(kept);
      } else {
        takeOver(after == null ? kept.delivery() : after, kept.partition(), over);
      }
    }
    writer.acknowledge();
    over.forEach(this::over);
    if (!withoutBody.isEmpty()) {
      restoreFromTopic(withoutBody);
    }
  }

  /** These are in memory for a moment only, a few at a time. */
  private void restoreFromTopic(List<Kept> withoutBody) {
    LOG.info("{} notifications are read once more: too many wait", withoutBody.size());
    Map<String, Integer> of = new HashMap<>();
    withoutBody.forEach(kept -> of.put(kept.delivery().id(), kept.partition()));
    bodies.read(
        withoutBody,
        some -> {
          List<Delivery> over = new ArrayList<>();
          for (Delivery delivery : some) {
            takeOver(delivery, of.getOrDefault(delivery.id(), 0), over);
          }
          writer.acknowledge();
          over.forEach(this::over);
        });
  }

  /** A result that waits to be stored stays with the results. */
  private void takeOver(Delivery delivery, int partition, List<Delivery> over) {
    partitions.put(delivery.id(), partition);
    if (!delivery.isPending()) {
      return;
    }
    Delivery admitted = room.admit(delivery, room.ownBytes(), clock.instant());
    if (admitted.isPending()) {
      enqueue(admitted, partition);
    } else {
      writer.store(admitted, partition);
      over.add(admitted);
    }
  }

  /**
   * Makes and stores the deliveries that follow from records of the audit log.
   *
   * @return whether there were any
   * @throws ReadsUnavailableException when the receivers of a new version cannot be read now; then
   *     nothing was made
   */
  boolean tell(ConsumerRecords<byte[], byte[]> records, KnownReceivers receivers) {
    Map<String, Delivery> made = new LinkedHashMap<>();
    Instant now = clock.instant();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (sources.contains(record.partition())) {
        for (Notice notice : notices(record, receivers)) {
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
    return !made.isEmpty();
  }

  private void store(Collection<Delivery> made, Instant now) {
    List<Delivery> stored = new ArrayList<>();
    PendingRoom.Admissions admissions = room.new Admissions(this::queue, now);
    for (Delivery delivery : made) {
      Delivery admitted = admissions.admit(delivery);
      writer.store(admitted, admitted.source() % writer.count());
      stored.add(admitted);
    }
    writer.acknowledge();
    stored.forEach(this::made);
  }

  private void made(Delivery delivery) {
    listener.onMade();
    if (delivery.isPending()) {
      enqueue(delivery, delivery.source() % writer.count());
    } else {
      listener.onGivenUp();
      LOG.debug("too many deliveries wait already; {} is given up", delivery.id());
    }
  }

  /** Whether nothing is to be read now, because too many wait for a receiver that accepts them. */
  boolean mustWait() {
    return room.mustWait();
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
  private List<Notice> notices(ConsumerRecord<byte[], byte[]> record, KnownReceivers receivers) {
    byte[] value = record.value();
    if (value == null
        || !Notice.mayBeIn(value)
        || receivers.isNobody(AuditRecord.definitionIn(value))) {
      return List.of();
    }
    try {
      return AuditRecord.isOfFlow(record.key())
          ? Notice.of(AuditRecord.decode(value))
          : Notice.ofOther(value).stream().toList();
    } catch (MalformedRecordException e) {
      passOver(record, e.reason());
    } catch (RuntimeException | StackOverflowError e) {
      passOver(record, e.toString());
    }
    return List.of();
  }

  private void passOver(ConsumerRecord<byte[], byte[]> record, String why) {
    listener.onPassedOver();
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
    Instant now = clock.instant();
    requests
        .carryOut(
            owned,
            stored -> queue(stored).find(stored.id()),
            room.new Admissions(this::queue, now)::admit,
            now)
        .forEach(
            (delivery, partition) -> {
              if (delivery.isPending()) {
                enqueue(delivery, partition);
              } else {
                over(delivery);
              }
            });
  }

  /** Stores what became of the attempts that have ended, of those before a failure too. */
  void takeResults() {
    Instant now = clock.instant();
    Results results = memory.results();
    for (Ended one : results.take(this::isHere)) {
      Delivery sent = one.delivery();
      listener.onAttempt(one.result().kind(), Duration.ofMillis(one.result().tookMs()));
      Delivery after = queue(sent).ended(sent.id(), sent.resends(), one.result(), now);
      if (after != null) {
        results.toStore(after);
      }
    }
    List<Delivery> unstored = results.unstored(this::isHere);
    unstored.forEach(delivery -> writer.store(delivery, partitionOf(delivery)));
    writer.acknowledge();
    results.stored(unstored);
    unstored.stream().filter(delivery -> !delivery.isPending()).forEach(this::over);
  }

  /**
   * Stores once more what a late record of an owner before has replaced. Otherwise the late one
   * would be the only one that is left after the topic is compacted.
   */
  void storeReplaced() {
    Map<String, Long> seen = new HashMap<>();
    for (Replaced one : deliveries.replaced()) {
      Delivery kept = one.kept().delivery();
      Delivery waiting = isHere(kept) ? queue(kept).find(kept.id()) : null;
      if (!isHere(kept) || (kept.isPending() && waiting == null)) {
        continue;
      }
      seen.put(kept.id(), one.at());
      if (!Long.valueOf(one.at()).equals(storedAgain.get(kept.id()))) {
        writer.store(waiting == null ? kept : waiting, one.kept().partition());
      }
    }
    writer.acknowledge();
    storedAgain = seen;
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
    over.forEach(delivery -> writer.store(delivery, partitionOf(delivery)));
    writer.acknowledge();
    over.forEach(this::over);
  }

  private void over(Delivery delivery) {
    partitions.remove(delivery.id());
    ended.put(delivery.id(), delivery.resends());
    if (delivery.state() != Delivery.State.GIVEN_UP) {
      return;
    }
    listener.onGivenUp();
    LOG.warn(
        "The receiver {} was not told that {} is {}: {}",
        delivery.receiver(),
        delivery.about(),
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
                  memory.results().arrive(delivery, failure == null ? result : failed(failure)));
    } catch (RuntimeException e) {
      memory.results().arrive(delivery, failed(e));
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
                memory
                    .paces()
                    .computeIfAbsent(
                        address, one -> new ReceiverPace(one, settings.atOnce(), settings.rules())),
                settings.mostPending(),
                settings.rules()));
  }

  private int partitionOf(Delivery delivery) {
    Integer known = partitions.get(delivery.id());
    return known == null ? delivery.source() % writer.count() : known;
  }
}

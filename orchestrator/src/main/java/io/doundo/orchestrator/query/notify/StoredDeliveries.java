package io.doundo.orchestrator.query.notify;

import io.doundo.orchestrator.notify.Delivery;
import io.doundo.orchestrator.notify.Delivery.State;
import io.doundo.orchestrator.notify.DeliveryCodec;
import io.doundo.orchestrator.notify.DeliveryCodec.ResendRequest;
import io.doundo.orchestrator.query.notify.Deliveries.Kept;
import io.doundo.orchestrator.query.notify.Deliveries.OpenRequest;
import io.doundo.orchestrator.query.notify.Deliveries.Replaced;
import io.doundo.protocol.json.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deliveries that the records of the topic of notifications make: all that are pending, the
 * latest that were delivered, and the latest that were given up. Of the pending ones beyond a limit
 * the bodies stay in the topic. One thread reads the records in; every other method may be called
 * from any thread.
 */
public final class StoredDeliveries {

  private static final Logger LOG = LoggerFactory.getLogger(StoredDeliveries.class);

  /** What the bodies of the delivered ones may take together, and those of the given up ones. */
  private static final long MOST_BYTES = 32L * 1024 * 1024;

  private static final int MOST_REFUSED = 100;

  private final Map<String, Kept> kept = new ConcurrentHashMap<>();
  private final Map<String, OpenRequest> requests = new ConcurrentHashMap<>();

  /** By the key of the request, the latest last. */
  private final Map<String, ResendRequest> refused =
      Collections.synchronizedMap(new LinkedHashMap<>());

  /** The offset of the late record in whose place another one belongs, by id. */
  private final Map<String, Long> replaced = new ConcurrentHashMap<>();

  private final AtomicLong unreadable = new AtomicLong();
  private final AtomicLong pendingBytes = new AtomicLong();
  private final long mostPendingBytes;
  private final History delivered;

  /** Of its own, because only these have to be sent again: deliveries never push them out. */
  private final History givenUp;

  /** Those that have ended, in the order in which they did. Used by the reading thread only. */
  private static final class History {
    private final int most;
    private final Map<String, Integer> sizes = new LinkedHashMap<>();
    private long bytes;

    History(int most) {
      this.most = most;
    }

    void remove(String id) {
      Integer size = sizes.remove(id);
      bytes -= size == null ? 0 : size;
    }

    /** Adds one, and returns those that have no room any more. */
    List<String> add(String id, int size) {
      sizes.put(id, size);
      bytes += size;
      List<String> out = new ArrayList<>();
      while (sizes.size() > most || bytes > MOST_BYTES) {
        String oldest = sizes.keySet().iterator().next();
        remove(oldest);
        out.add(oldest);
      }
      return out;
    }
  }

  /**
   * Makes an empty one.
   *
   * @param mostEnded how many delivered ones are kept, and how many given up ones
   * @param mostPendingBytes what the bodies of the pending ones may take
   */
  public StoredDeliveries(int mostEnded, long mostPendingBytes) {
    this.mostPendingBytes = mostPendingBytes;
    this.delivered = new History(mostEnded);
    this.givenUp = new History(mostEnded);
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

  /** The latest requests that were refused, the latest first. */
  public List<ResendRequest> refused() {
    List<ResendRequest> all;
    synchronized (refused) {
      all = new ArrayList<>(refused.values());
    }
    Collections.reverse(all);
    return all;
  }

  /** Those whose record in the topic is a late one: theirs has to be stored once more. */
  public List<Replaced> replaced() {
    List<Replaced> all = new ArrayList<>();
    replaced.forEach(
        (id, at) -> {
          Kept one = kept.get(id);
          if (one != null) {
            all.add(new Replaced(one, at));
          }
        });
    return all;
  }

  /** How many records were left out because this release cannot read them. */
  public long unreadable() {
    return unreadable.get();
  }

  /** What the bodies of all pending ones take that are in memory, those of other instances too. */
  public long pendingBytes() {
    return pendingBytes.get();
  }

  /** Takes the next record of the topic. One that cannot be read is left out with a warning. */
  public void read(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) {
      return;
    }
    String key = new String(record.key(), StandardCharsets.UTF_8);
    byte[] value = record.value();
    try {
      if (DeliveryCodec.isRequest(key)) {
        requested(key, value == null ? null : DeliveryCodec.decodeRequest(value), record);
      } else {
        keep(key, value == null ? null : DeliveryCodec.decode(value), record);
      }
    } catch (MalformedRecordException e) {
      unreadable.incrementAndGet();
      warn(record, e);
    }
  }

  private static void warn(ConsumerRecord<byte[], byte[]> record, MalformedRecordException e) {
    LOG.warn(
        "The notification at offset {} of {}-{} is left out: {}",
        record.offset(),
        record.topic(),
        record.partition(),
        e.reason());
  }

  /** The delivery of a record that was read before; empty when it is none. */
  static Optional<Delivery> deliveryOf(ConsumerRecord<byte[], byte[]> record) {
    try {
      return record.value() == null
          ? Optional.empty()
          : Optional.of(DeliveryCodec.decode(record.value()));
    } catch (MalformedRecordException e) {
      warn(record, e);
      return Optional.empty();
    }
  }

  private void requested(
      String key, @Nullable ResendRequest request, ConsumerRecord<byte[], byte[]> record) {
    requests.remove(key);
    refused.remove(key);
    if (request == null) {
      return;
    }
    if (request.refused() == null) {
      requests.put(key, new OpenRequest(request, record.partition()));
      return;
    }
    synchronized (refused) {
      refused.put(key, request);
      if (refused.size() > MOST_REFUSED) {
        refused.remove(refused.keySet().iterator().next());
      }
    }
  }

  private void keep(String id, @Nullable Delivery delivery, ConsumerRecord<byte[], byte[]> record) {
    Kept before = kept.get(id);
    if (before != null && delivery != null && isLate(delivery, before.delivery())) {
      replaced.put(id, record.offset());
      return;
    }
    replaced.remove(id);
    if (before != null) {
      uncount(id, before);
    }
    if (delivery == null) {
      kept.remove(id);
      return;
    }
    Delivery shared =
        before == null || !before.hasBody() ? delivery : delivery.withBodyOf(before.delivery());
    int size = shared.body().size();
    boolean hasBody = !shared.isPending() || pendingBytes.get() + size <= mostPendingBytes;
    kept.put(
        id,
        new Kept(
            hasBody ? shared : shared.withoutBody(), record.partition(), record.offset(), hasBody));
    if (!shared.isPending()) {
      history(shared).add(id, size).forEach(this::forget);
    } else if (hasBody) {
      pendingBytes.addAndGet(size);
    }
  }

  private void forget(String id) {
    kept.remove(id);
    replaced.remove(id);
  }

  /** Whether an owner before has stored it that did not know what the next one has done. */
  private static boolean isLate(Delivery delivery, Delivery before) {
    return delivery.resends() < before.resends()
        || (delivery.resends() == before.resends()
            && rank(delivery.state()) < rank(before.state()));
  }

  /** What was delivered is delivered, whatever another owner thinks. */
  private static int rank(State state) {
    return switch (state) {
      case PENDING -> 0;
      case GIVEN_UP -> 1;
      case DELIVERED -> 2;
    };
  }

  private void uncount(String id, Kept one) {
    if (!one.delivery().isPending()) {
      history(one.delivery()).remove(id);
    } else if (one.hasBody()) {
      pendingBytes.addAndGet(-one.delivery().body().size());
    }
  }

  private History history(Delivery ended) {
    return ended.state() == State.GIVEN_UP ? givenUp : delivered;
  }
}

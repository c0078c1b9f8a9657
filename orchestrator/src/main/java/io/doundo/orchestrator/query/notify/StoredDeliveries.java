package io.doundo.orchestrator.query.notify;

import io.doundo.orchestrator.notify.Delivery;
import io.doundo.orchestrator.notify.Delivery.State;
import io.doundo.orchestrator.notify.DeliveryCodec;
import io.doundo.orchestrator.query.notify.Deliveries.Kept;
import io.doundo.orchestrator.query.notify.Deliveries.OpenRequest;
import io.doundo.protocol.json.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
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
 * latest that were delivered, and the latest that were given up. One thread reads the records in;
 * every other method may be called from any thread.
 */
public final class StoredDeliveries {

  private static final Logger LOG = LoggerFactory.getLogger(StoredDeliveries.class);

  /** What the bodies of the delivered ones may take together, and those of the given up ones. */
  private static final long MOST_BYTES = 32L * 1024 * 1024;

  private final Map<String, Kept> kept = new ConcurrentHashMap<>();
  private final Map<String, OpenRequest> requests = new ConcurrentHashMap<>();
  private final AtomicLong pendingBytes = new AtomicLong();
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
   */
  public StoredDeliveries(int mostEnded) {
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

  /** What the bodies of all pending ones take, those of other instances too. */
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
    Kept before = kept.get(id);
    if (before != null && delivery != null && isLate(delivery, before.delivery())) {
      return;
    }
    if (before != null) {
      uncount(id, before.delivery());
    }
    if (delivery == null) {
      kept.remove(id);
      return;
    }
    Delivery shared = before == null ? delivery : delivery.withBodyOf(before.delivery());
    kept.put(id, new Kept(shared, partition));
    if (shared.isPending()) {
      pendingBytes.addAndGet(shared.body().size());
    } else {
      history(shared).add(id, shared.body().size()).forEach(kept::remove);
    }
  }

  /** Whether an owner before has stored it that did not know of the end. */
  private static boolean isLate(Delivery delivery, Delivery before) {
    return delivery.isPending() && !before.isPending() && delivery.resends() <= before.resends();
  }

  private void uncount(String id, Delivery delivery) {
    if (delivery.isPending()) {
      pendingBytes.addAndGet(-delivery.body().size());
    } else {
      history(delivery).remove(id);
    }
  }

  private History history(Delivery ended) {
    return ended.state() == State.GIVEN_UP ? givenUp : delivered;
  }
}

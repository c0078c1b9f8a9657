package io.doundo.orchestrator.notify.delivery;

import io.doundo.orchestrator.notify.Delivery;
import io.doundo.orchestrator.notify.DeliveryQueue;
import io.doundo.orchestrator.notify.delivery.Notifier.NotifierSettings;
import io.doundo.orchestrator.query.notify.StoredDeliveries;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How much room is left for deliveries that wait. Used by one thread. */
final class PendingRoom {

  /** How long one receiver that accepts may hold up the others. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  /** The part of a limit to which it must go down before more is read. */
  private static final double RELIEVED = 0.9;

  /** The part of the bytes at which nothing more is read: what was read yet must fit. */
  private static final double FULL_BYTES = 0.75;

  private final Collection<DeliveryQueue> queues;
  private final StoredDeliveries deliveries;
  private final NotifierSettings settings;
  private final Clock clock;

  /** Since when nothing is read because too many wait; null while that is not so. */
  private @Nullable Instant waitsSince;

  /**
   * The room beside these queues.
   *
   * @param queues as they are at the time of each call
   */
  PendingRoom(
      Collection<DeliveryQueue> queues,
      StoredDeliveries deliveries,
      NotifierSettings settings,
      Clock clock) {
    this.queues = queues;
    this.deliveries = deliveries;
    this.settings = settings;
    this.clock = clock;
  }

  /** Admits deliveries that do not wait yet, one after the other. */
  final class Admissions {

    private final Function<Delivery, DeliveryQueue> queueOf;
    private final Instant now;
    private final Map<DeliveryQueue, Integer> admitted = new HashMap<>();
    private long bytes = heldBytes();

    Admissions(Function<Delivery, DeliveryQueue> queueOf, Instant now) {
      this.queueOf = queueOf;
      this.now = now;
    }

    /**
     * The delivery, given up when too many wait for its address already, or when its body does not
     * fit beside those that wait. What was admitted before counts.
     */
    Delivery admit(Delivery delivery) {
      DeliveryQueue queue = queueOf.apply(delivery);
      int further = admitted.getOrDefault(queue, 0);
      Delivery after = PendingRoom.this.admit(queue.admit(delivery, further, now), bytes, now);
      if (after.isPending()) {
        admitted.put(queue, further + 1);
        bytes += after.body().size();
      }
      return after;
    }
  }

  /** The delivery, given up when its body does not fit beside what waits already. */
  Delivery admit(Delivery delivery, long bytes, Instant now) {
    return !delivery.isPending() || bytes + delivery.body().size() <= settings.mostPendingBytes()
        ? delivery
        : delivery.givenUp(
            "deliveries with bodies of %,d bytes wait already, and %,d may"
                .formatted(bytes, settings.mostPendingBytes()),
            now);
  }

  /** What the bodies of all that wait take here; every instance has those of all instances. */
  long heldBytes() {
    return Math.max(deliveries.pendingBytes(), ownBytes());
  }

  long ownBytes() {
    return queues.stream().mapToLong(DeliveryQueue::bytes).sum();
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
    for (DeliveryQueue queue : queues) {
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
}

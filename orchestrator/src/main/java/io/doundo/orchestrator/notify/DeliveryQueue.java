package io.doundo.orchestrator.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Decides which pending deliveries to one address are sent now. While the receiver accepts them,
 * several run at once. After a failure that is not about the body alone, one delivery after another
 * tries whether the receiver is back, in growing intervals, beginning with the one that was tried
 * least; the first success lets all others go at once. So a receiver that is down is not flooded,
 * one body that it never accepts holds up nothing else, and nobody waits for the end of a long
 * pause. Time arrives with each call. Not thread-safe.
 */
public final class DeliveryQueue {

  /** The longest interval between two attempts while the receiver fails. */
  private static final Duration LONGEST_PROBE = Duration.ofSeconds(30);

  /** How often a delivery that failed is tried early because the receiver accepts others. */
  private static final int MOST_EARLY = 2;

  private final String address;
  private final int atOnce;
  private final int most;
  private final RetryRules rules;
  private final Map<String, Delivery> pending = new LinkedHashMap<>();
  private final Set<String> sending = new HashSet<>();

  /** Those whose own pause ends early once the receiver is back. */
  private final Set<String> faulted = new HashSet<>();

  /** How often that happened to them. */
  private final Map<String, Integer> early = new HashMap<>();

  /** Those of which an attempt has ended since they were added. */
  private final Set<String> tried = new HashSet<>();

  private int faults;
  private Instant notBefore = Instant.MIN;
  private @Nullable String lastError;

  /**
   * Makes an empty queue.
   *
   * @param address the connection and what follows its URL
   * @param atOnce how many are sent at the same time
   * @param most how many may wait
   */
  public DeliveryQueue(String address, int atOnce, int most, RetryRules rules) {
    this.address = address;
    this.atOnce = atOnce;
    this.most = most;
    this.rules = rules;
  }

  /**
   * A new delivery.
   *
   * @return what is to be stored before it may be sent: the delivery, or a given up one when too
   *     many wait already
   */
  public Delivery admit(Delivery delivery, Instant now) {
    return pending.size() < most || pending.containsKey(delivery.id())
        ? delivery
        : delivery.givenUp("%,d deliveries to %s wait already".formatted(most, address), now);
  }

  /** A pending delivery that is stored. One that is being sent stays so. */
  public void add(Delivery delivery) {
    pending.put(delivery.id(), delivery);
    faulted.remove(delivery.id());
    tried.remove(delivery.id());
  }

  /** Puts others in the place of deliveries that differ in nothing that is decided here. */
  public void replaceAll(UnaryOperator<Delivery> same) {
    pending.replaceAll((id, delivery) -> same.apply(delivery));
  }

  /** The pending delivery of this id; null when there is none. */
  public @Nullable Delivery find(String id) {
    return pending.get(id);
  }

  /** Forgets deliveries that another instance sends now. */
  public void removeIf(Predicate<Delivery> isGone) {
    pending.values().removeIf(isGone);
    sending.retainAll(pending.keySet());
    faulted.retainAll(pending.keySet());
    early.keySet().retainAll(pending.keySet());
    tried.retainAll(pending.keySet());
  }

  /**
   * The deliveries whose time is over, given up. They are forgotten; those on the way stay, and
   * those of which nobody knows here whether the receiver would accept them: after a day without an
   * orchestrator each one is tried, or the receiver has failed for another one.
   */
  public List<Delivery> expired(Instant now) {
    List<Delivery> over = new ArrayList<>();
    for (Delivery delivery : List.copyOf(pending.values())) {
      if (!delivery.until().isAfter(now)
          && !sending.contains(delivery.id())
          && (faults > 0 || tried.contains(delivery.id()))) {
        over.add(
            delivery.givenUp(
                lastError == null ? "its time is over" : "its time is over; " + lastError, now));
        forget(delivery.id());
      }
    }
    return over;
  }

  /** The deliveries to send now. They count as being sent until {@link #ended}. */
  public List<Delivery> due(Instant now) {
    int room = faults == 0 ? atOnce - sending.size() : sending.isEmpty() ? 1 : 0;
    if (room <= 0 || pending.size() == sending.size() || now.isBefore(notBefore)) {
      return List.of();
    }
    Comparator<Delivery> first =
        faults == 0
            ? Comparator.comparing(Delivery::next)
            : Comparator.comparingInt(Delivery::attempts);
    List<Delivery> due =
        pending.values().stream()
            .filter(delivery -> !sending.contains(delivery.id()))
            .filter(delivery -> !delivery.next().isAfter(now))
            .sorted(first)
            .limit(room)
            .toList();
    due.forEach(delivery -> sending.add(delivery.id()));
    return due;
  }

  /**
   * An attempt has ended.
   *
   * @return what is to be stored; null when the delivery is not here any more
   */
  public @Nullable Delivery ended(String id, SendResult result, Instant now) {
    sending.remove(id);
    Delivery sent = pending.get(id);
    if (sent == null) {
      return null;
    }
    Delivery after = sent.attempted(result, now, rules);
    if (after.isPending()) {
      pending.put(id, after);
      tried.add(id);
    } else {
      forget(id);
    }
    if (result.isDelivered() || result.isAboutBody()) {
      // The receiver answers, whatever it thinks of this body.
      recovered(now);
    } else {
      failed(result, now);
      if (after.isPending()) {
        faulted.add(id);
      }
    }
    return after;
  }

  /** Several that fail at the same time are one failure of the receiver. */
  private void failed(SendResult result, Instant now) {
    lastError = result.error();
    if (!now.isBefore(notBefore)) {
      faults++;
      Duration pause = rules.pause(faults, address);
      notBefore = now.plus(pause.compareTo(LONGEST_PROBE) > 0 ? LONGEST_PROBE : pause);
    }
  }

  private void recovered(Instant now) {
    if (faults == 0) {
      return;
    }
    faults = 0;
    lastError = null;
    notBefore = Instant.MIN;
    Map<String, Delivery> due = new HashMap<>();
    for (String id : faulted) {
      Delivery waiting = pending.get(id);
      if (waiting != null && early.merge(id, 1, Integer::sum) <= MOST_EARLY) {
        due.put(id, waiting.dueAt(now));
      }
    }
    pending.putAll(due);
    faulted.clear();
  }

  private void forget(String id) {
    pending.remove(id);
    sending.remove(id);
    faulted.remove(id);
    early.remove(id);
    tried.remove(id);
  }

  /** How many wait or are being sent. */
  public int size() {
    return pending.size();
  }

  /** What their bodies take. */
  public long bytes() {
    return pending.values().stream().mapToLong(delivery -> delivery.body().size()).sum();
  }

  /** When the oldest of them happened; null when there is none. */
  public @Nullable Instant oldest() {
    return pending.values().stream().map(Delivery::at).min(Comparator.naturalOrder()).orElse(null);
  }

  /** Why the last attempt failed, if the receiver fails now; null otherwise. */
  public @Nullable String failure() {
    return faults == 0 ? null : lastError;
  }
}

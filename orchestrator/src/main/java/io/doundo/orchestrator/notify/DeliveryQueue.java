package io.doundo.orchestrator.notify;

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
 * Decides which pending deliveries to one address are sent now, as many as its {@link ReceiverPace}
 * allows. After a failure that is not about the body alone, the one that was tried least tries
 * whether the receiver is back; the first success lets all others go at once. So a receiver that is
 * down is not flooded, one body that it never accepts holds up nothing else, and nobody waits for
 * the end of a long pause. Time arrives with each call. Not thread-safe.
 */
public final class DeliveryQueue {

  /** How often a delivery that failed is tried early because the receiver accepts others. */
  private static final int MOST_EARLY = 2;

  private final ReceiverPace pace;
  private final int most;
  private final RetryRules rules;
  private final Map<String, Delivery> pending = new LinkedHashMap<>();
  private final Set<String> sending = new HashSet<>();

  private long bytes;

  /** Those whose own pause ends early once the receiver is back. */
  private final Set<String> faulted = new HashSet<>();

  /** How often that happened to them. */
  private final Map<String, Integer> early = new HashMap<>();

  /** Those of which an attempt has ended since they were added. */
  private final Set<String> tried = new HashSet<>();

  /**
   * Makes an empty queue.
   *
   * @param pace of the address
   * @param most how many may wait
   */
  public DeliveryQueue(ReceiverPace pace, int most, RetryRules rules) {
    this.pace = pace;
    this.most = most;
    this.rules = rules;
  }

  /**
   * A new delivery, or one that is to be sent again.
   *
   * @param further how many were admitted before it and are not added yet
   * @return what is to be stored before it may be sent: the delivery, or a given up one when too
   *     many wait already
   */
  public Delivery admit(Delivery delivery, int further, Instant now) {
    return pending.size() + further < most || pending.containsKey(delivery.id())
        ? delivery
        : delivery.givenUp(
            "%,d deliveries to %s wait already".formatted(most, pace.address()), now);
  }

  /** A pending delivery that is stored. One that is being sent stays so. */
  public void add(Delivery delivery) {
    Delivery before = pending.put(delivery.id(), delivery);
    bytes += delivery.body().size() - (before == null ? 0 : before.body().size());
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
    bytes = pending.values().stream().mapToLong(delivery -> delivery.body().size()).sum();
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
          && (pace.isFailing() || tried.contains(delivery.id()))) {
        String failure = pace.failure();
        over.add(
            delivery.givenUp(
                failure == null ? "its time is over" : "its time is over; " + failure, now));
        forget(delivery.id());
      }
    }
    return over;
  }

  /** The deliveries to send now. They count as being sent until {@link #ended}. */
  public List<Delivery> due(Instant now) {
    int room = pace.room(sending.size(), now);
    if (room == 0 || pending.size() == sending.size()) {
      return List.of();
    }
    Comparator<Delivery> first =
        pace.isFailing()
            ? Comparator.comparingInt(Delivery::attempts)
            : Comparator.comparing(Delivery::next);
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
   * An attempt has ended. One that began before the delivery was asked for again says something
   * about the receiver only: the delivery is still to be sent again.
   *
   * @param resends how often the delivery had been sent again when the attempt began
   * @return what is to be stored; null when nothing has changed, or it is not here any more
   */
  public @Nullable Delivery ended(String id, int resends, SendResult result, Instant now) {
    sending.remove(id);
    Delivery sent = pending.get(id);
    if (sent == null) {
      return null;
    }
    if (result.kind() == SendResult.Kind.NOT_SENT) {
      pending.put(id, sent.dueAt(now.plus(rules.first())));
      return null;
    }
    boolean isItsOwn = sent.resends() == resends;
    Delivery after = isItsOwn ? sent.attempted(result, now, rules) : sent;
    if (!after.isPending()) {
      forget(id);
    } else if (isItsOwn) {
      pending.put(id, after);
      tried.add(id);
    }
    learn(result, now);
    if (result.kind() == SendResult.Kind.FAILED && isItsOwn && after.isPending()) {
      faulted.add(id);
    }
    return isItsOwn ? after : null;
  }

  private void learn(SendResult result, Instant now) {
    if (result.kind() == SendResult.Kind.FAILED) {
      pace.failed(result, now);
      return;
    }
    if (pace.answered(result.kind())) {
      recovered(now);
    }
    if (result.kind() == SendResult.Kind.THROTTLED) {
      pace.throttled(result, now);
    }
  }

  private void recovered(Instant now) {
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
    Delivery gone = pending.remove(id);
    bytes -= gone == null ? 0 : gone.body().size();
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
    return bytes;
  }

  /** When the oldest of them happened; null when there is none. */
  public @Nullable Instant oldest() {
    return pending.values().stream().map(Delivery::at).min(Comparator.naturalOrder()).orElse(null);
  }

  /** Why the last attempt failed, if the receiver fails now; null otherwise. */
  public @Nullable String failure() {
    return pace.failure();
  }
}

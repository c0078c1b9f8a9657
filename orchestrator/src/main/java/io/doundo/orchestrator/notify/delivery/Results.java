package io.doundo.orchestrator.notify.delivery;

import io.doundo.orchestrator.notify.Delivery;
import io.doundo.orchestrator.notify.SendResult;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What became of attempts, until it is stored. It outlives the consumer and the producer: what was
 * sent is not sent again because its result could not be stored. Results arrive on any thread;
 * everything else is used by one.
 */
final class Results {

  /** Beyond that the oldest are forgotten, and their deliveries may be sent once more. */
  private static final int MOST = 1_000;

  private final Queue<Ended> arrived = new ConcurrentLinkedQueue<>();
  private final Map<String, Ended> waiting = new LinkedHashMap<>();
  private final Map<String, Delivery> unstored = new LinkedHashMap<>();

  /** An attempt that has ended. */
  record Ended(Delivery delivery, SendResult result) {}

  /** An attempt has ended; may be called from any thread. */
  void arrive(Delivery delivery, SendResult result) {
    arrived.add(new Ended(delivery, result));
  }

  /**
   * Takes the results that have arrived. Those of deliveries that are not at hand yet wait.
   *
   * @param isHere whether a delivery is one of this instance now
   */
  List<Ended> take(Predicate<Delivery> isHere) {
    for (Ended one = arrived.poll(); one != null; one = arrived.poll()) {
      waiting.put(one.delivery().id(), one);
    }
    List<Ended> taken = new ArrayList<>();
    waiting
        .values()
        .removeIf(
            one -> {
              boolean here = isHere.test(one.delivery());
              if (here) {
                taken.add(one);
              }
              return here;
            });
    Iterator<Ended> oldest = waiting.values().iterator();
    while (waiting.size() > MOST) {
      oldest.next();
      oldest.remove();
    }
    return taken;
  }

  /** A delivery after an attempt, which is to be stored. */
  void toStore(Delivery after) {
    unstored.put(after.id(), after);
  }

  /** The deliveries that are to be stored. */
  List<Delivery> unstored(Predicate<Delivery> isHere) {
    return unstored.values().stream().filter(isHere).toList();
  }

  /** They are stored. */
  void stored(List<Delivery> deliveries) {
    deliveries.forEach(delivery -> unstored.remove(delivery.id()));
  }

  /** What a stored delivery has become without being stored; null when it is as it was. */
  @Nullable Delivery after(String id) {
    return unstored.get(id);
  }

  /**
   * Forgets the results that are older than what is stored: another instance has gone on.
   *
   * @param stored the stored delivery of an id
   */
  void forgetOlder(Predicate<Delivery> isHere, Function<String, Optional<Delivery>> stored) {
    unstored
        .values()
        .removeIf(
            after ->
                isHere.test(after)
                    && stored.apply(after.id()).filter(one -> isNewer(after, one)).isEmpty());
  }

  private static boolean isNewer(Delivery after, Delivery stored) {
    return stored.isPending()
        && after.resends() == stored.resends()
        && after.attempts() > stored.attempts();
  }
}

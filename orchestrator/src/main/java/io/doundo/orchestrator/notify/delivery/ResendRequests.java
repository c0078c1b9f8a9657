package io.doundo.orchestrator.notify.delivery;

import io.doundo.orchestrator.notify.Delivery;
import io.doundo.orchestrator.notify.DeliveryCodec.ResendRequest;
import io.doundo.orchestrator.notify.RetryRules;
import io.doundo.orchestrator.query.notify.Deliveries.Kept;
import io.doundo.orchestrator.query.notify.Deliveries.OpenRequest;
import io.doundo.orchestrator.query.notify.StoredDeliveries;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out the requests to send deliveries again. Every request has an outcome: its delivery
 * names it as the latest, or the request is stored as refused with the reason. A request is deleted
 * only after the broker has its delivery. Used by one thread.
 */
final class ResendRequests {

  private static final Logger LOG = LoggerFactory.getLogger(ResendRequests.class);

  private static final String UNKNOWN =
      "its notification is not kept any more: it ended long ago, or too many have ended since";

  private final StoredDeliveries deliveries;
  private final NotificationWriter writer;
  private final RetryRules rules;

  /** Requests that are carried out, until they are seen to be gone. */
  private Set<String> carriedOut = new HashSet<>();

  ResendRequests(StoredDeliveries deliveries, NotificationWriter writer, RetryRules rules) {
    this.deliveries = deliveries;
    this.writer = writer;
    this.rules = rules;
  }

  /** The deliveries that wait here. */
  @FunctionalInterface
  interface Waiting {
    /** The stored delivery as it waits or is being sent here; null when it does not. */
    @Nullable Delivery find(Delivery stored);
  }

  /**
   * Carries out the open requests of these partitions.
   *
   * @param admission of a delivery that begins to wait once more: it, or a given up one when there
   *     is no room
   * @return the deliveries that are stored, each with the partition of its records
   */
  Map<Delivery, Integer> carryOut(
      Set<Integer> owned, Waiting waiting, UnaryOperator<Delivery> admission, Instant now) {
    List<OpenRequest> open = deliveries.requests();
    if (open.isEmpty()) {
      carriedOut = new HashSet<>();
      return Map.of();
    }
    Set<String> seen = new HashSet<>();
    List<OpenRequest> done = new ArrayList<>();
    Map<String, Delivery> again = new LinkedHashMap<>();
    Map<Delivery, Integer> stored = new LinkedHashMap<>();
    for (OpenRequest one : open) {
      ResendRequest request = one.request();
      if (!owned.contains(request.source())) {
        continue;
      }
      if (carriedOut.contains(request.id())) {
        seen.add(request.id());
        continue;
      }
      Kept kept = deliveries.find(request.delivery()).orElse(null);
      if (kept == null) {
        seen.add(request.id());
        refuse(one);
        continue;
      }
      Delivery here = again.get(request.delivery());
      here = here == null ? waiting.find(kept.delivery()) : here;
      if (here == null && !kept.hasBody()) {
        // It has been given up, and its body is here once that is read.
        continue;
      }
      seen.add(request.id());
      done.add(one);
      Delivery before = here == null ? kept.delivery() : here;
      Delivery resent = before.resent(request.id(), request.by(), now, rules);
      if (!resent.equals(before)) {
        Delivery admitted = before.isPending() ? resent : admission.apply(resent);
        again.put(admitted.id(), admitted);
        stored.remove(before);
        stored.put(admitted, kept.partition());
      }
    }
    stored.forEach(writer::store);
    writer.acknowledge();
    done.forEach(one -> writer.delete(one.request(), one.partition()));
    writer.acknowledge();
    carriedOut = seen;
    return stored;
  }

  private void refuse(OpenRequest one) {
    ResendRequest request = one.request();
    writer.store(request.refusedBecause(UNKNOWN), one.partition());
    LOG.warn("The notification {} cannot be sent again: {}", request.delivery(), UNKNOWN);
  }
}

package io.doundo.orchestrator.api.notify;

import io.doundo.orchestrator.definition.Receiver.Occasion;
import io.doundo.orchestrator.notify.Delivery;
import io.doundo.orchestrator.notify.Delivery.Attempt;
import io.doundo.orchestrator.notify.Delivery.LastResend;
import io.doundo.orchestrator.notify.Delivery.State;
import io.doundo.orchestrator.query.notify.Deliveries.Kept;
import io.doundo.protocol.json.RawJson;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A delivery as it is shown.
 *
 * @param id of the webhook, the same in every attempt
 * @param receiver the orchestration, or {@code *}, and the receiver's name
 * @param flowId null when it is about no flow
 * @param orchestration null when it is about a breaker
 * @param schedule {@code orchestration/trigger}; null when it is about none
 * @param breaker its name; null when it is about none
 * @param at when it happened
 * @param attempts since it was made, or was last sent again
 * @param nextAttempt not before which it is tried again; null when it is not pending
 * @param givenUpAt until when it is tried; null when it is not pending
 * @param lastError why the last attempt failed; null when it succeeded or there was none
 * @param recent the latest attempts, oldest first; null in lists
 * @param resent the last request to send it again; null when there was none, and in lists
 * @param body what the receiver is sent; null in lists, and while too many bodies wait
 */
record NotificationView(
    String id,
    String receiver,
    Occasion type,
    @Nullable String flowId,
    @Nullable String orchestration,
    @Nullable String schedule,
    @Nullable String breaker,
    int transition,
    Instant at,
    State state,
    int attempts,
    @Nullable Instant nextAttempt,
    @Nullable Instant givenUpAt,
    @Nullable String lastError,
    String connection,
    String url,
    @Nullable List<Attempt> recent,
    @Nullable LastResend resent,
    @Nullable RawJson body) {

  /** One of a list. */
  static NotificationView inList(Delivery delivery) {
    return of(delivery, false, false);
  }

  /** All of it. */
  static NotificationView whole(Kept kept) {
    return of(kept.delivery(), true, kept.hasBody());
  }

  private static NotificationView of(Delivery delivery, boolean isWhole, boolean hasBody) {
    Attempt last =
        delivery.recent().isEmpty() ? null : delivery.recent().get(delivery.recent().size() - 1);
    return new NotificationView(
        delivery.id(),
        delivery.receiver(),
        delivery.occasion(),
        delivery.flowId(),
        delivery.orchestration(),
        delivery.schedule(),
        delivery.breaker(),
        delivery.transition(),
        delivery.at(),
        delivery.state(),
        delivery.attempts(),
        delivery.isPending() ? delivery.next() : null,
        delivery.isPending() ? delivery.until() : null,
        last == null ? null : last.error(),
        delivery.connection(),
        delivery.url(),
        isWhole ? delivery.recent() : null,
        isWhole ? delivery.resend() : null,
        hasBody ? delivery.body() : null);
  }
}

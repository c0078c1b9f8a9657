package io.doundo.orchestrator.app.http;

import io.doundo.http.WebhookSender;
import io.doundo.http.call.ConnectedServices.Posted;
import io.doundo.http.client.CallResult;
import io.doundo.orchestrator.notify.Delivery;
import io.doundo.orchestrator.notify.SendResult;
import io.doundo.orchestrator.notify.delivery.DeliverySender;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Sends deliveries as signed webhooks. Thread-safe. */
final class WebhookDeliveries implements DeliverySender {

  private static final int SUCCESS = 2;
  private static final int HUNDRED = 100;

  private final WebhookSender sender;
  private final Duration timeout;

  WebhookDeliveries(WebhookSender sender, Duration timeout) {
    this.sender = sender;
    this.timeout = timeout;
  }

  @Override
  public CompletionStage<SendResult> send(Delivery delivery) {
    long began = System.nanoTime();
    return sender
        .send(delivery.connection(), delivery.url(), delivery.body(), delivery.id(), timeout)
        .thenApply(
            posted -> result(posted, Duration.ofNanos(System.nanoTime() - began).toMillis()));
  }

  static SendResult result(Posted posted, long tookMs) {
    CallResult result = posted.result();
    if (result instanceof CallResult.Answered answered) {
      boolean isDelivered = answered.status() / HUNDRED == SUCCESS;
      return new SendResult(
          answered.status(),
          isDelivered ? null : "the receiver answered " + answered.status(),
          isDelivered ? null : posted.retryAfter(),
          tookMs);
    }
    if (result instanceof CallResult.NotSent unsent) {
      return new SendResult(
          0, unsent.reason(), null, tookMs, unsent.cause() != CallResult.Cause.OWN_LIMIT);
    }
    return new SendResult(0, ((CallResult.Unanswered) result).reason(), null, tookMs);
  }
}

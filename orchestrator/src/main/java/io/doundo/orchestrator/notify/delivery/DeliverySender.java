package io.doundo.orchestrator.notify.delivery;

import io.doundo.orchestrator.notify.Delivery;
import io.doundo.orchestrator.notify.SendResult;
import java.util.concurrent.CompletionStage;

/** Sends deliveries over the network. Thread-safe. */
@FunctionalInterface
public interface DeliverySender {

  /**
   * Sends a delivery once, signed, with its id as the id of the webhook.
   *
   * @return ends within the timeout of an attempt and never fails
   */
  CompletionStage<SendResult> send(Delivery delivery);
}

package io.doundo.examples.order;

import io.doundo.examples.Served;
import io.doundo.examples.external.ExternalSystem;
import io.doundo.examples.order.OrderWorker.Order;
import io.doundo.worker.Do;
import io.doundo.worker.OnDoubt;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.StepContext;
import io.doundo.worker.Undo;
import io.doundo.worker.Undoing;
import io.doundo.worker.Verify;
import io.doundo.worker.VerifyResult;

/**
 * Takes the money for orders. It does not rely on being called once more: when an earlier call may
 * have gone through, it checks with the payment provider first.
 */
@Served("orderProcessing")
@SagaWorker("orderProcessing")
class PaymentWorker {

  record Authorization(String authorizationId) {}

  record Payment(String paymentId) {}

  private final ExternalSystem external;

  PaymentWorker(ExternalSystem external) {
    this.external = external;
  }

  @Do(value = "authorizePayment", onDoubt = OnDoubt.VERIFY)
  Authorization authorize(Order order, StepContext step) throws InterruptedException {
    return new Authorization(
        external.create("authorization for order " + order.orderId(), order.behave(), step));
  }

  @Verify("authorizePayment")
  VerifyResult isAuthorized(StepContext step) {
    return external
        .find(step)
        .map(Authorization::new)
        .map(VerifyResult::done)
        .orElseGet(VerifyResult::notDone);
  }

  @Undo("authorizePayment")
  void cancel(Undoing<Order, Authorization> undoing, StepContext step) throws InterruptedException {
    external.remove(undoing.request().behave(), step);
  }

  /** The point of no return: it has no UNDO, and the steps after it only go forward. */
  @Do(value = "capturePayment", onDoubt = OnDoubt.VERIFY)
  Payment capture(Order order, StepContext step) throws InterruptedException {
    return new Payment(
        external.create("payment of order " + order.orderId(), order.behave(), step));
  }

  @Verify("capturePayment")
  VerifyResult isCaptured(StepContext step) {
    return external
        .find(step)
        .map(Payment::new)
        .map(VerifyResult::done)
        .orElseGet(VerifyResult::notDone);
  }
}

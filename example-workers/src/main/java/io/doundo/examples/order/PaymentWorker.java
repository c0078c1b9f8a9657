package io.doundo.examples.order;

import io.doundo.examples.Served;
import io.doundo.examples.order.OrderWorker.Order;
import io.doundo.examples.world.OutsideWorld;
import io.doundo.worker.Do;
import io.doundo.worker.OnDoubt;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.StepContext;
import io.doundo.worker.Undo;
import io.doundo.worker.Undoing;
import io.doundo.worker.Verdict;
import io.doundo.worker.Verify;

/**
 * Takes the money for orders. It does not rely on being called once more: when a call may have gone
 * through already, the payment provider is asked first.
 */
@Served("orderProcessing")
@SagaWorker("orderProcessing")
class PaymentWorker {

  record Authorization(String authorizationId) {}

  record Payment(String paymentId) {}

  private final OutsideWorld world;

  PaymentWorker(OutsideWorld world) {
    this.world = world;
  }

  @Do(value = "authorizePayment", onDoubt = OnDoubt.VERIFY)
  Authorization authorize(Order order, StepContext step) throws InterruptedException {
    return new Authorization(
        world.create("authorization for order " + order.orderId(), order.behave(), step));
  }

  @Verify("authorizePayment")
  Verdict isAuthorized(StepContext step) {
    return world.find(step).map(Authorization::new).map(Verdict::done).orElseGet(Verdict::notDone);
  }

  @Undo("authorizePayment")
  void cancel(Undoing<Order, Authorization> undoing, StepContext step) throws InterruptedException {
    world.remove(undoing.request().behave(), step);
  }

  /** The point of no return: it has no UNDO, and the steps after it only go forward. */
  @Do(value = "capturePayment", onDoubt = OnDoubt.VERIFY)
  Payment capture(Order order, StepContext step) throws InterruptedException {
    return new Payment(world.create("payment of order " + order.orderId(), order.behave(), step));
  }

  @Verify("capturePayment")
  Verdict isCaptured(StepContext step) {
    return world.find(step).map(Payment::new).map(Verdict::done).orElseGet(Verdict::notDone);
  }
}

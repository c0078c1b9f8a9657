package io.doundo.worker.testkit;

import io.doundo.worker.Do;
import io.doundo.worker.NoEffectException;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.StepContext;
import io.doundo.worker.Undo;
import io.doundo.worker.Undoing;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A correct worker. */
@SagaWorker("order")
class TestOrderWorker {

  record Order(String orderId, @Nullable String card) {}

  record Reservation(String reservation) {}

  record Charge(String charge) {}

  protected final OrderSystem shop;
  private @Nullable Duration busy;
  private boolean reserved;

  TestOrderWorker(OrderSystem shop) {
    this.shop = shop;
  }

  /** Makes the payment system reject the next charge. */
  void payDeskIsBusy() {
    payDeskIsBusyFor(Duration.ZERO);
  }

  /** The same, and the payment system states how long it is busy. */
  void payDeskIsBusyFor(Duration time) {
    busy = time;
  }

  @Do("reserveStock")
  Reservation reserve(Order order, StepContext step) {
    return reserved
        ? step.unchanged(new Reservation("by-somebody"))
        : new Reservation(shop.make("stock " + step.flowId(), "reservation"));
  }

  @Undo("reserveStock")
  void release(Undoing<Order, Reservation> undoing, StepContext step) {
    shop.removeKey("stock " + step.flowId());
  }

  /** Makes the next orders find their stock already reserved. */
  void stockIsReserved() {
    reserved = true;
  }

  @Do("charge")
  Charge charge(Order order, StepContext step) {
    Duration time = busy;
    if (time != null) {
      busy = null;
      throw new NoEffectException("the pay desk is busy").retryAfter(time);
    }
    return new Charge(shop.make("charge " + step.flowId(), "charge"));
  }

  @Undo("charge")
  void refund(Undoing<Order, Charge> undoing, StepContext step) {
    shop.removeKey("charge " + step.flowId());
  }

  @Do("ship")
  void ship(StepContext step) {
    shop.make("shipment " + step.flowId(), "shipment");
  }

  @Undo("ship")
  void callBack(StepContext step) {
    shop.removeKey("shipment " + step.flowId());
  }
}

package io.doundo.examples.order;

import io.doundo.examples.Served;
import io.doundo.examples.external.Behaviour;
import io.doundo.examples.external.ExternalSystem;
import io.doundo.worker.Do;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.StepContext;
import io.doundo.worker.StepFailedException;
import io.doundo.worker.Undo;
import io.doundo.worker.Undoing;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Checks orders, reserves goods, ships them and says so. */
@Served("orderProcessing")
@SagaWorker("orderProcessing")
class OrderWorker {

  record Money(BigDecimal amount, @Nullable String currency) {}

  record Order(String orderId, @Nullable Money total, @Nullable Behaviour behave) {}

  record Validation(String validationId) {}

  record Reservation(String reservationId) {}

  record Shipment(String shipmentId) {}

  record Confirmation(String confirmationId) {}

  private final ExternalSystem external;

  OrderWorker(ExternalSystem external) {
    this.external = external;
  }

  @Do("validateOrder")
  Validation validate(Order order, StepContext step) throws InterruptedException {
    Money total = order.total();
    if (total != null && total.amount().signum() <= 0) {
      throw new StepFailedException("order " + order.orderId() + " costs " + total.amount());
    }
    return new Validation(external.create("order " + order.orderId(), order.behave(), step));
  }

  @Do("reserveInventory")
  Reservation reserve(Order order, StepContext step) throws InterruptedException {
    return new Reservation(
        external.create("goods of order " + order.orderId(), order.behave(), step));
  }

  @Undo("reserveInventory")
  void release(Undoing<Order, Reservation> undoing, StepContext step) throws InterruptedException {
    external.remove(undoing.request().behave(), step);
  }

  @Do("createShipment")
  Shipment ship(Order order, StepContext step) throws InterruptedException {
    return new Shipment(
        external.create("shipment of order " + order.orderId(), order.behave(), step));
  }

  @Undo("createShipment")
  void callBack(Undoing<Order, Shipment> undoing, StepContext step) throws InterruptedException {
    external.remove(undoing.request().behave(), step);
  }

  @Do("sendConfirmation")
  Confirmation confirm(Order order, StepContext step) throws InterruptedException {
    return new Confirmation(
        external.create("confirmation of order " + order.orderId(), order.behave(), step));
  }
}

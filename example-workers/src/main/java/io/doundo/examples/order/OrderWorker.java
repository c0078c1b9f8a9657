package io.doundo.examples.order;

import io.doundo.examples.Served;
import io.doundo.examples.world.Behave;
import io.doundo.examples.world.OutsideWorld;
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

  record Order(String orderId, @Nullable Money total, @Nullable Behave behave) {}

  record Validation(String validationId) {}

  record Reservation(String reservationId) {}

  record Shipment(String shipmentId) {}

  record Confirmation(String confirmationId) {}

  private final OutsideWorld world;

  OrderWorker(OutsideWorld world) {
    this.world = world;
  }

  @Do("validateOrder")
  Validation validate(Order order, StepContext step) throws InterruptedException {
    Money total = order.total();
    if (total != null && total.amount().signum() <= 0) {
      throw new StepFailedException("order " + order.orderId() + " costs " + total.amount());
    }
    return new Validation(world.create("order " + order.orderId(), order.behave(), step));
  }

  @Do("reserveInventory")
  Reservation reserve(Order order, StepContext step) throws InterruptedException {
    return new Reservation(world.create("goods of order " + order.orderId(), order.behave(), step));
  }

  @Undo("reserveInventory")
  void release(Undoing<Order, Reservation> undoing, StepContext step) throws InterruptedException {
    world.remove(undoing.request().behave(), step);
  }

  @Do("createShipment")
  Shipment ship(Order order, StepContext step) throws InterruptedException {
    return new Shipment(world.create("shipment of order " + order.orderId(), order.behave(), step));
  }

  @Undo("createShipment")
  void callBack(Undoing<Order, Shipment> undoing, StepContext step) throws InterruptedException {
    world.remove(undoing.request().behave(), step);
  }

  @Do("sendConfirmation")
  Confirmation confirm(Order order, StepContext step) throws InterruptedException {
    return new Confirmation(
        world.create("confirmation of order " + order.orderId(), order.behave(), step));
  }
}

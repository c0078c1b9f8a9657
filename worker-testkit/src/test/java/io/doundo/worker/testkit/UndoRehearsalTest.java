package io.doundo.worker.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.worker.StepContext;
import io.doundo.worker.Undoing;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The rehearsal passes a good worker, and finds what is wrong with others. */
class UndoRehearsalTest {

  private static final UndoRehearsal REHEARSAL =
      UndoRehearsal.of("order.yaml", Map.of("orderId", "4711"));

  private static int rehearse(Function<Shop, OrderWorker> worker) {
    return REHEARSAL.leavesNothing(
        () -> {
          Shop shop = new Shop();
          return UndoRehearsal.world(shop::standing, worker.apply(shop));
        });
  }

  @Test
  void aGoodWorkerLeavesNothing() {
    assertThat(rehearse(OrderWorker::new)).isEqualTo(3 * (9 + 7));
  }

  /** Trusts in a result that is not always known. */
  static class NeedsItsResult extends OrderWorker {
    NeedsItsResult(Shop shop) {
      super(shop);
    }

    @Override
    void release(Undoing<Order, Reservation> undoing, StepContext step) {
      undoing.result().ifPresent(made -> shop.remove(made.reservation()));
    }
  }

  @Test
  void anUndoThatNeedsTheResultIsFound() {
    assertThatThrownBy(() -> rehearse(NeedsItsResult::new))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(
            "When the DO of reserveStock was done by a worker that died, and no later attempt"
                + " reached a worker:\nleft behind: {stock flow-1=reservation-1}; before the flow: {}"
                + "\nThe flow so far:\n");
  }

  /** Has two effects and takes one back. */
  static class ForgetsOne extends OrderWorker {
    ForgetsOne(Shop shop) {
      super(shop);
    }

    @Override
    Charge charge(Order order, StepContext step) {
      shop.make("receipt " + step.flowId(), "receipt");
      return super.charge(order, step);
    }
  }

  @Test
  void anUndoThatForgetsAnEffectIsFound() {
    assertThatThrownBy(() -> rehearse(ForgetsOne::new))
        .hasMessageContaining("rehearsals failed.")
        .hasMessageContaining("left: {receipt flow-1=receipt-2}")
        .hasMessageContaining("And ");
  }

  /** Makes another thing each time it is called. */
  static class NotIdempotent extends OrderWorker {
    NotIdempotent(Shop shop) {
      super(shop);
    }

    @Override
    Reservation reserve(Order order, StepContext step) {
      return new Reservation(shop.makeAnother("reservation"));
    }

    @Override
    void release(Undoing<Order, Reservation> undoing, StepContext step) {
      undoing.result().ifPresent(made -> shop.remove(made.reservation()));
    }
  }

  @Test
  void aDoThatIsNotIdempotentIsFound() {
    assertThatThrownBy(() -> rehearse(NotIdempotent::new))
        .hasMessageContaining(
            "When the DO of reserveStock reached a worker that died after its handler ran and before"
                + " the fence knew:\nleft behind: {reservation-1=reservation-1}");
  }

  /** Cannot undo what is gone already. */
  static class UndoesOnce extends OrderWorker {
    UndoesOnce(Shop shop) {
      super(shop);
    }

    @Override
    void callBack(StepContext step) {
      if (!shop.standing().containsKey("shipment " + step.flowId())) {
        throw new IllegalStateException("no such shipment");
      }
      super.callBack(step);
    }
  }

  @Test
  void anUndoThatIsNotIdempotentIsFound() {
    assertThatThrownBy(() -> rehearse(UndoesOnce::new))
        .hasMessageContaining(
            "When the UNDO of ship reached a worker that died after its handler ran")
        .hasMessageContaining("the UNDO of ship keeps failing");
  }
}

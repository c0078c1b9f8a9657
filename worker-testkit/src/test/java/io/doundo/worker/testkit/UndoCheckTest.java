package io.doundo.worker.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.worker.StepContext;
import io.doundo.worker.Undoing;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The rehearsal passes a correct worker, and finds the defects of others. */
class UndoCheckTest {

  private static final UndoCheck UNDO_CHECK = UndoCheck.of("order.yaml", Map.of("orderId", "4711"));

  private static int check(Function<OrderSystem, TestOrderWorker> worker) {
    return check(UNDO_CHECK, worker);
  }

  private static int check(UndoCheck check, Function<OrderSystem, TestOrderWorker> worker) {
    return check.leavesNothing(
        () -> {
          OrderSystem shop = new OrderSystem();
          return UndoCheck.fixture(shop::standing, worker.apply(shop));
        });
  }

  @Test
  void onlyStepsThatAreTakenAndSentAreChecked() {
    UndoCheck some =
        UndoCheck.of(
            """
            orchestrationName: order
            steps:
              - { name: price, set: { total: 3 } }
              - { name: reserveStock }
              - { name: charge, retry: { maxAttempts: 2, delay: 1s } }
              - { name: ship, when: has(payload.ship) }
            """,
            Map.of("orderId", "4711"));

    assertThat(check(some, TestOrderWorker::new)).isEqualTo(2 * (9 + 7));
  }

  @Test
  void aGoodWorkerLeavesNothing() {
    assertThat(check(TestOrderWorker::new)).isEqualTo(3 * (9 + 7));
  }

  /** Relies on a result that is not always known. */
  static class NeedsItsResult extends TestOrderWorker {
    NeedsItsResult(OrderSystem shop) {
      super(shop);
    }

    @Override
    void release(Undoing<Order, Reservation> undoing, StepContext step) {
      undoing.result().ifPresent(made -> shop.remove(made.reservation()));
    }
  }

  @Test
  void anUndoThatNeedsTheResultIsFound() {
    assertThatThrownBy(() -> check(NeedsItsResult::new))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(
            "When the DO of reserveStock was done by a worker that died, and no later attempt"
                + " reached a worker:\nleft behind: {stock flow-1=reservation-1}; before the flow: {}"
                + "\nThe flow so far:\n");
  }

  /** Has two effects and undoes one. */
  static class ForgetsOne extends TestOrderWorker {
    ForgetsOne(OrderSystem shop) {
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
    assertThatThrownBy(() -> check(ForgetsOne::new))
        .hasMessageContaining("undo checks failed.")
        .hasMessageContaining("left behind: {receipt flow-1=receipt-2}")
        .hasMessageContaining("And ");
  }

  /** Creates another object on each call. */
  static class NotIdempotent extends TestOrderWorker {
    NotIdempotent(OrderSystem shop) {
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
    assertThatThrownBy(() -> check(NotIdempotent::new))
        .hasMessageContaining(
            "When the DO of reserveStock reached a worker that died after its handler ran and before"
                + " the fence knew:\nleft behind: {reservation-1=reservation-1}");
  }

  /** Cannot undo an effect that is already gone. */
  static class UndoesOnce extends TestOrderWorker {
    UndoesOnce(OrderSystem shop) {
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
    assertThatThrownBy(() -> check(UndoesOnce::new))
        .hasMessageContaining(
            "When the UNDO of ship reached a worker that died after its handler ran")
        .hasMessageContaining("the UNDO of ship keeps failing");
  }
}

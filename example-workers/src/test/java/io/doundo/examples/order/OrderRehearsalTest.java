package io.doundo.examples.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.examples.world.LedgerLine;
import io.doundo.examples.world.Store;
import io.doundo.examples.world.TestWorld;
import io.doundo.worker.testkit.CrashPoint;
import io.doundo.worker.testkit.SagaStage;
import io.doundo.worker.testkit.StagedFlow;
import io.doundo.worker.testkit.UndoRehearsal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderRehearsalTest {

  private static final String ORCHESTRATION =
      "registration-examples/graph-initiator-registration.yaml";

  private static final Map<String, ?> ORDER =
      Map.of("orderId", "4711", "total", Map.of("amount", 39.80, "currency", "EUR"));

  @TempDir private Path directory;

  @Test
  void nothingIsLeftWhereverItIsInterrupted() {
    UndoRehearsal.of(ORCHESTRATION, ORDER)
        .leavesNothing(
            new TestWorld(directory)
                .worlds(
                    Set.of("validateOrder"),
                    world -> List.of(new OrderWorker(world), new PaymentWorker(world))));
  }

  @Test
  void aPaymentThatMayHaveGoneThroughIsAskedForAndNotRepeated() {
    Store store = new TestWorld(directory).store();
    try (SagaStage stage =
        SagaStage.of(ORCHESTRATION)
            .with(new OrderWorker(TestWorld.of(store)), new PaymentWorker(TestWorld.of(store)))) {
      StagedFlow flow = stage.start(ORDER);
      flow.expectDo("validateOrder").handled();
      flow.expectDo("reserveInventory").handled();
      flow.expectDo("authorizePayment").handled();
      flow.expectDo("createShipment").handled();
      flow.expectDo("capturePayment").handledAfterCrash(CrashPoint.BEFORE_THE_RECORD);
      flow.expectDo("sendConfirmation").handled();
      flow.expectCompleted();
    }
    assertThat(store.ledger()).extracting(LedgerLine::step).doesNotHaveDuplicates().hasSize(6);
  }
}

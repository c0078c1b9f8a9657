package io.doundo.examples.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.examples.external.LedgerEntry;
import io.doundo.examples.external.Store;
import io.doundo.examples.external.TestExternalSystem;
import io.doundo.worker.testkit.CrashPoint;
import io.doundo.worker.testkit.TestFlow;
import io.doundo.worker.testkit.TestOrchestrator;
import io.doundo.worker.testkit.UndoCheck;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderUndoTest {

  private static final String ORCHESTRATION =
      "registration-examples/graph-initiator-registration.yaml";

  private static final Map<String, ?> ORDER =
      Map.of("orderId", "4711", "total", Map.of("amount", 39.80, "currency", "EUR"));

  @TempDir private Path directory;

  @Test
  void nothingIsLeftWhereverItIsInterrupted() {
    UndoCheck.of(ORCHESTRATION, ORDER)
        .leavesNothing(
            new TestExternalSystem(directory)
                .worlds(
                    Set.of("validateOrder"),
                    external -> List.of(new OrderWorker(external), new PaymentWorker(external))));
  }

  @Test
  void aPaymentThatMayHaveGoneThroughIsAskedForAndNotRepeated() {
    Store store = new TestExternalSystem(directory).store();
    try (TestOrchestrator orchestrator =
        TestOrchestrator.of(ORCHESTRATION)
            .with(
                new OrderWorker(TestExternalSystem.of(store)),
                new PaymentWorker(TestExternalSystem.of(store)))) {
      TestFlow flow = orchestrator.start(ORDER);
      flow.expectDo("validateOrder").handled();
      flow.expectDo("reserveInventory").handled();
      flow.expectDo("authorizePayment").handled();
      flow.expectDo("createShipment").handled();
      flow.expectDo("capturePayment").handledAfterCrash(CrashPoint.BEFORE_THE_RECORD);
      flow.expectDo("sendConfirmation").handled();
      flow.expectCompleted();
    }
    assertThat(store.ledger()).extracting(LedgerEntry::step).doesNotHaveDuplicates().hasSize(6);
  }
}

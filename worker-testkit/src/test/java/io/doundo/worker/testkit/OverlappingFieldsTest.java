package io.doundo.worker.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.protocol.KnownEffect;
import io.doundo.worker.Do;
import io.doundo.worker.OnUnknown;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.StepFailedException;
import io.doundo.worker.Undo;
import io.doundo.worker.Undoing;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A request and a result that have fields of the same names. */
class OverlappingFieldsTest {

  private static final String DOCUMENT =
      """
      orchestrationName: order
      steps:
        - { name: pay }
        - { name: ship }
      """;

  private static final Map<String, Object> ORDER = Map.of("id", "order-1", "amount", 500);

  record Order(String id, int amount) {}

  record Payment(String id, @Nullable Integer fee, @Nullable Integer amount) {}

  private final List<Object> undone = new ArrayList<>();

  @SagaWorker("order")
  class PayWorker {
    @Do("pay")
    Payment pay(Order order) {
      return new Payment("pay-9", null, null);
    }

    @Undo("pay")
    void refund(Undoing<Order, Payment> undoing) {
      undone.add(undoing);
    }
  }

  @SagaWorker("order")
  static class ShipWorker {
    @Do("ship")
    void ship(Order order) {
      throw new StepFailedException("no truck for " + order.id());
    }
  }

  @Test
  void anUndoIsGivenWhatItsDoWasAskedAndWhatItReturned() {
    try (TestOrchestrator orchestrator = TestOrchestrator.of(DOCUMENT).with(new PayWorker())) {
      TestFlow flow = orchestrator.start(Map.of("id", "order-1", "amount", 500));
      flow.expectDo("pay").handled();
      flow.expectDo("ship").with("id", "pay-9").failsForGood("no truck");
      flow.expectUndo("pay").handled();
      flow.expectUndone();
    }

    assertThat(undone)
        .containsExactly(
            new Undoing<>(
                new Order("order-1", 500),
                Optional.of(new Payment("pay-9", null, null)),
                KnownEffect.DONE));
  }

  @Test
  void aStepThatReadsAFieldWhichAResultReplacedFailsTheFlow() {
    try (TestOrchestrator orchestrator =
        TestOrchestrator.of(DOCUMENT).with(new PayWorker(), new ShipWorker())) {
      TestFlow flow = orchestrator.start(ORDER);
      ExpectedCommand pay = flow.expectDo("pay");

      assertThatThrownBy(pay::handled)
          .isInstanceOf(AssertionError.class)
          .hasMessageStartingWith(
              "ship reads the field id, which the result of pay has replaced: it is now \"pay-9\", but"
                  + " was \"order-1\" in the start.")
          .hasMessageContaining("The flow so far:");
    }
  }

  @Test
  void fieldsThatMayBeReplacedAre() {
    try (TestOrchestrator orchestrator =
        TestOrchestrator.of(DOCUMENT)
            .mayReplace("id", "fee", "amount")
            .with(new PayWorker(), new LaterWorker())) {
      orchestrator.start(ORDER).runToEnd().expectCompleted();
    }
  }

  @SagaWorker("order")
  static class LaterWorker {
    @Do("ship")
    void ship(Payment payment) {
      assertThat(payment.id()).isEqualTo("pay-9");
    }
  }

  @SagaWorker("order")
  class NestingWorker {
    @Do(value = "pay", as = "payment")
    String pay(Order order) {
      return "pay-9";
    }

    @Undo(value = "pay", onUnknown = OnUnknown.FAIL)
    void refund(String payment, Order order) {
      undone.add(payment + " of " + order.id());
    }
  }

  @Test
  void aNestedResultMeetsNothingAndComesBackAsItWas() {
    try (TestOrchestrator orchestrator =
        TestOrchestrator.of(DOCUMENT).with(new NestingWorker(), new ShipWorker())) {
      TestFlow flow = orchestrator.start(ORDER);
      flow.expectDo("pay").handled();
      flow.expectDo("ship").with("payment", "pay-9").with("id", "order-1").handled();
      flow.expectUndo("pay").handled();
      flow.expectUndone();
    }

    assertThat(undone).containsExactly("pay-9 of order-1");
  }

  /** A payload that no reader accepts is reported at once, where it was built. */
  private void expectRefusedAtOnce(Object result, String reason) {
    @SagaWorker("order")
    @SuppressWarnings("UnusedMethod") // The SDK calls them.
    class Returning {
      @Do("pay")
      Object pay() {
        return result;
      }

      @Undo("pay")
      void refund() {
        undone.add("undone");
      }
    }
    try (TestOrchestrator orchestrator = TestOrchestrator.of(DOCUMENT).with(new Returning())) {
      TestFlow flow = orchestrator.start(ORDER);
      flow.expectDo("pay").handled();
      flow.expectUndo("pay").handled();
      flow.expectUndone();
      assertThat(flow.history())
          .anySatisfy(
              line ->
                  assertThat(line)
                      .startsWith("answered: FAIL_STEP pay failed UNKNOWN (")
                      .contains(reason)
                      .doesNotContain("StreamReadConstraints"));
    }
  }

  @Test
  void aResultThatExceedsALimitIsReportedAtOnce() {
    Object deep = "bottom";
    for (int i = 0; i < 120; i++) {
      deep = List.of(deep);
    }

    expectRefusedAtOnce(Map.of("deep", deep), "the JSON exceeds a limit: ");
    expectRefusedAtOnce(Map.of("number", BigInteger.TEN.pow(616)), "a number has 617 digits");
    expectRefusedAtOnce(Map.of("n".repeat(1_100), 1), "the JSON exceeds a limit: ");
  }

  @Test
  void aPromiseThatHidesIsWaitedForOrLeavesTheStepInDoubt() {
    expectRefusedAtOnce((Runnable) () -> {}, "which represents work that has not been awaited");

    Map<String, Object> later = new HashMap<>();
    later.put("payment", "pay-9");
    @SagaWorker("order")
    @SuppressWarnings({"UnusedMethod", "FutureReturnValueIgnored"}) // The SDK calls it and waits.
    class Later {
      @Do("pay")
      Object pay() {
        return CompletableFuture.supplyAsync(() -> later);
      }
    }
    try (TestOrchestrator orchestrator = TestOrchestrator.of(DOCUMENT).with(new Later())) {
      TestFlow flow = orchestrator.start(ORDER);
      flow.expectDo("pay").handled();
      flow.expectDo("ship").with("payment", "pay-9").succeeds();
      flow.expectCompleted();
    }
  }
}

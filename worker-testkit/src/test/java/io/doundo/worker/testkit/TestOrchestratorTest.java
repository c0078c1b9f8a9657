package io.doundo.worker.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.worker.Do;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.binding.InvalidHandlersException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A flow on the test orchestrator, from start to end. */
class TestOrchestratorTest {

  private static final Map<String, String> ORDER = Map.of("orderId", "4711");

  private final OrderSystem shop = new OrderSystem();
  private final TestOrderWorker worker = new TestOrderWorker(shop);
  private final TestOrchestrator orchestrator = TestOrchestrator.of("order.yaml").with(worker);
  private final TestFlow flow = orchestrator.start(ORDER);

  @AfterEach
  void close() {
    orchestrator.close();
  }

  @Test
  void theHandlersPlayItToItsEnd() {
    flow.runToEnd().expectCompleted();

    assertThat(shop.standing()).hasSize(3);
  }

  @Test
  void whatFailsForGoodTakesBackWhatWasDoneBefore() {
    flow.expectDo("reserveStock").with("orderId", "4711").handled();
    flow.expectDo("charge").with("reservation", "reservation-1").failsForGood("card declined");
    assertThat(flow.expectUndo("reserveStock").handled().status()).isEqualTo("UNDONE");

    flow.expectUndone();
    assertThat(shop.standing()).isEmpty();
  }

  @Test
  void aVerbThatIsRefusedFailsTheTest() {
    flow.runToEnd().expectCompleted();
    assertThatThrownBy(flow::cancel).hasMessageContaining("the flow has completed; use UNDO");
  }

  @Test
  void aRetryIsWaitedFor() {
    worker.payDeskIsBusy();
    flow.expectDo("reserveStock").handled();
    flow.expectDo("charge").handled();
    ExpectedCommand again = flow.expectDo("charge");

    assertThat(again.attempt()).isEqualTo(2);
    again.handled().expectDo("ship").handled().expectCompleted();
  }

  @Test
  void thePauseThatAHandlerAsksForIsWaitedFor() {
    worker.payDeskIsBusyFor(Duration.ofMinutes(10));
    flow.expectDo("reserveStock").handled();
    flow.expectDo("charge").handled();
    flow.passes(Duration.ofMinutes(10).minusMillis(1));
    assertThat(flow.history()).noneMatch(line -> line.startsWith("sent: DO charge, attempt 2"));
    flow.passes(Duration.ofMillis(1));
    assertThat(flow.history()).anyMatch(line -> line.startsWith("sent: DO charge, attempt 2"));

    flow.runToEnd().expectCompleted();
  }

  @Test
  void anUnchangedResultOfAHandlerIsPassedOnAndNotUndone() {
    worker.stockIsReserved();
    flow.expectDo("reserveStock").handled();
    flow.expectDo("charge").with("reservation", "by-somebody").failsForGood("card declined");
    flow.expectUndone();
  }

  @Test
  void unchangedAfterALostAttemptIsUndoneUnlessTheFenceKnowsBetter() {
    worker.stockIsReserved();
    flow.expectDo("reserveStock").timesOut();
    flow.expectDo("reserveStock").handled();
    flow.expectDo("charge").failsForGood("card declined");
    assertThat(flow.expectUndo("reserveStock").handled().history())
        .contains("answered: UNDO reserveStock done UNDONE_EMPTY");
    flow.expectUndone();
  }

  @Test
  void unchangedAfterTheWorkerDiedIsUndoneWithEffectUnknown() {
    flow.expectDo("reserveStock").lostInCrash(CrashPoint.BEFORE_THE_RECORD);
    worker.stockIsReserved();
    flow.expectDo("reserveStock").handled();
    flow.expectDo("charge").failsForGood("card declined");
    flow.expectUndo("reserveStock").handled();
    flow.expectUndone();
    assertThat(shop.standing()).isEmpty();
  }

  @Test
  void aTestAnswersThatNothingWasLeftToDo() {
    flow.expectDo("reserveStock").findsItDone(Map.of("reservation", "by-somebody"));
    flow.expectDo("charge").with("reservation", "by-somebody").failsForGood("card declined");
    flow.expectUndone();
  }

  @Test
  void unansweredStepsAreUndone() {
    flow.expectDo("reserveStock").handled();
    flow.expectDo("charge").lostInCrash(CrashPoint.BEFORE_THE_ANSWER);
    flow.expectDo("charge").timesOut();
    flow.expectUndo("charge").handled();
    flow.expectUndo("reserveStock").handled();

    flow.expectUndone();
    assertThat(shop.standing()).isEmpty();
  }

  @Test
  void aWorkerThatDiesBetweenItsEffectAndTheRecordIsTakenOver() {
    flow.expectDo("reserveStock").handledAfterCrash(CrashPoint.BEFORE_THE_RECORD);

    flow.runToEnd().expectCompleted();
    assertThat(shop.standing()).hasSize(3);
  }

  @Test
  void aDoThatComesAfterItsUndoNeverRuns() {
    ExpectedCommand.DelayedCommand late = flow.expectDo("reserveStock").delayed();
    flow.expectDo("reserveStock").timesOut();
    flow.expectDo("reserveStock").timesOut();
    flow.expectUndo("reserveStock").handled();
    flow.expectUndone();

    late.handled();

    assertThat(shop.standing()).isEmpty();
    flow.expectUndone();
  }

  @Test
  void anOperatorCancelsUndoesAndRetries() {
    flow.runToEnd().expectCompleted();
    flow.undo();
    flow.expectUndo("ship").failsForGood("gone");
    flow.expectParked("UNDO_FAILED");
    flow.retry("ship").runToEnd().expectUndone();
    assertThat(shop.standing()).isEmpty();

    TestFlow other = orchestrator.start(ORDER);
    other.expectDo("reserveStock").handled();
    other.cancel();
    other.expectDo("charge").succeeds(Map.of("charge", "by hand"));
    other.runToEnd().expectUndone();
  }

  @Test
  void aMissingEventIsReportedWithTheHistory() {
    flow.expectDo("reserveStock").handled();

    assertThatThrownBy(() -> flow.expectDo("ship"))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("expected DO of ship, but [DO charge] was sent")
        .hasMessageContaining("The flow so far:")
        .hasMessageContaining("answered: DO reserveStock done OK with {\"reservation\":");
    assertThatThrownBy(flow::expectCompleted)
        .hasMessageStartingWith("expected the flow to be COMPLETED, but it is IN_PROGRESS");
    assertThatThrownBy(() -> flow.expectDo("charge").with("orderId", "4712"))
        .hasMessageContaining("expected DO charge to carry orderId = \"4712\", but it carries {");
  }

  @Test
  void aStepWithoutHandlerIsAnsweredByTheTest() {
    String document =
        """
        orchestrationName: order
        steps:
          - { name: reserveStock }
          - { name: elsewhere }
        """;
    try (TestOrchestrator half = TestOrchestrator.of(document).with(worker)) {
      TestFlow here = half.start(ORDER).runToEnd();
      here.passes(Duration.ofSeconds(1)).expectDo("elsewhere").succeeds();
      here.expectCompleted();

      TestFlow other = half.start(ORDER).runToEnd();
      ExpectedCommand elsewhere = other.expectDo("elsewhere");
      assertThatThrownBy(elsewhere::handled)
          .hasMessageStartingWith("no handler of this test serves DO elsewhere");
    }
  }

  @Test
  void aChoiceTakesTheBranchThatThePayloadSays() {
    String document =
        """
        orchestrationName: order
        steps:
          - { name: reserveStock }
          - name: payment
            choice:
              - { when: "payload.orderId == '4711'", do: [ { name: charge } ] }
              - { else: [] }
          - { name: ship }
        """;
    try (TestOrchestrator choosing = TestOrchestrator.of(document).with(worker)) {
      TestFlow paid = choosing.start(ORDER);
      paid.expectDo("reserveStock").handled().expectDo("charge").handled();
      paid.expectDo("ship").handled().expectCompleted();

      TestFlow free = choosing.start(Map.of("orderId", "4712"));
      free.expectDo("reserveStock").handled();
      free.expectDo("ship").failsForGood("no courier");
      free.expectUndo("reserveStock").handled();
      free.expectUndone();
    }
  }

  @SagaWorker("order")
  static class InvalidHandlers {
    @Do("reserveStock")
    String reserve(TestOrderWorker.Order one, TestOrderWorker.Order two) {
      return one.orderId() + two.orderId();
    }
  }

  @Test
  void mistakesAreReportedAsAtTheStartOfAService() {
    assertThatThrownBy(() -> TestOrchestrator.of("order.yaml").with(new InvalidHandlers()))
        .isInstanceOf(InvalidHandlersException.class)
        .hasMessageContaining("InvalidHandlers.reserve");
    assertThatThrownBy(() -> TestOrchestrator.of("nowhere.yaml"))
        .hasMessage("there is no nowhere.yaml on the class path");
    assertThatThrownBy(() -> TestOrchestrator.of("orchestrationName: x\nsteps:\n  - { nam: a }\n"))
        .hasMessageStartingWith("the orchestrator would refuse this registration:");
  }

  private static final String WITH_EXPRESSIONS =
      """
      orchestrationName: order
      payload: { type: object, required: [orderId] }
      steps:
        - name: price
          set: { total: "{{ payload.amount * 2 }}" }
        - name: reserveStock
          input: { order: "{{ payload.orderId }}", total: "{{ steps.price.result.total }}" }
          result: { reservation: "{{ result.reservation }}" }
          undo: { input: { reservation: "{{ result.?reservation.orValue('none') }}" } }
        - name: charge
          when: steps.price.result.total > 100
        - name: ship
          undo: none
          onFailure: continue
        - name: check
          validate: [ { that: "!steps.ship.failed", message: nothing was shipped } ]
      """;

  @Test
  void expressionsAreEvaluatedAsTheOrchestratorDoes() {
    try (TestOrchestrator offers = TestOrchestrator.of(WITH_EXPRESSIONS).with()) {
      TestFlow small = offers.start(Map.of("orderId", "4711", "amount", 21));
      small
          .expectDo("reserveStock")
          .with("order", "4711")
          .with("total", 42)
          .succeeds(Map.of("reservation", "r-1", "trace", "long"));
      small.expectDo("ship").with("reservation", "r-1").failsForGood("no truck");
      small.expectUndo("reserveStock").with("reservation", "r-1").succeeds();
      small.expectUndone();

      TestFlow large = offers.start(Map.of("orderId", "4712", "amount", 51));
      large.expectDo("reserveStock").succeeds(Map.of("reservation", "r-2"));
      large.expectDo("charge").succeeds();
      large.expectDo("ship").succeeds();
      large.expectCompleted();

      TestFlow wrong = offers.start(Map.of("amount", 1));
      wrong.expectNothingSent();
      assertThat(wrong.history()).anyMatch(line -> line.contains("orderId"));
    }
  }
}

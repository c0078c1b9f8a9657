package io.doundo.worker.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.protocol.Outcome;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import io.doundo.worker.fence.Fence;
import io.doundo.worker.fence.FinishResult;
import io.doundo.worker.fence.StepAnswer;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The fence has decided, and its answer is still on its way. */
class HeldBackAnswersTest extends ServedStepFixture {

  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final CompletableFuture<@Nullable Void> released = new CompletableFuture<>();

  /** The fence with one method whose answers are given once they are released. */
  private Fence holdingBack(String method) {
    return (Fence)
        Proxy.newProxyInstance(
            Fence.class.getClassLoader(),
            new Class<?>[] {Fence.class},
            (proxy, called, arguments) -> {
              if (called.getName().equals("assigned")) {
                return proxy;
              }
              Object answer = call(called, arguments);
              calls.add(called.getName());
              return called.getName().equals(method)
                  ? released.thenCompose(nothing -> (CompletionStage<?>) answer)
                  : answer;
            });
  }

  private long calls(String method) {
    return calls.stream().filter(method::equals).count();
  }

  @Test
  void aStop_waitsForTheDecisionAndThenForTheRunThatItAllows() {
    serve(holdingBack("beginDo"));
    send(0, "a");
    await().until(() -> calls("beginDo") == 1);
    context().stopping();
    assertThat(context().isIdle()).as("the fence may have allowed it").isFalse();

    released.complete(null);
    awaitAnswers(1);
    assertThat(handlers.calls).hasValue(1);
    await().until(() -> context().isIdle());
  }

  @Test
  void aDecisionThatComesOnceAllWereInterrupted_beginsNothing() {
    serve(holdingBack("beginDo"));
    send(0, "a");
    await().until(() -> calls("beginDo") == 1);
    context().stopping();
    context().interruptAll();

    released.complete(null);
    await().until(() -> context().isIdle());
    assertThat(handlers.calls).hasValue(0);
  }

  @Test
  void aDecisionThatComesAfterTheStop_beginsNothing() {
    serve(holdingBack("beginDo"));
    send(0, "a");
    await().until(() -> calls("beginDo") == 1);
    context().stopping();
    context().stopped();

    released.complete(null);
    await().until(() -> context().isIdle());
    assertThat(handlers.calls).hasValue(0);
    assertThat(sent(Topics.RESPONSE)).isZero();
  }

  /** Otherwise it would be told once more what the orchestrator knows. */
  @Test
  void theNextOfALane_asksOnceTheFenceKnowsThatTheOneBeforeIsAnswered() {
    serve(holdingBack("answered"));
    send(0, "a");
    send(1, "a");
    await().until(() -> calls("answered") == 1);
    await()
        .untilAsserted(
            () ->
                assertThat(consumer.committed(Set.of(PARTITION)).values())
                    .as("its offset need not wait")
                    .contains(new OffsetAndMetadata(1)));
    await().until(() -> loop().pending() == 1);
    assertThat(calls("beginDo")).isEqualTo(1);

    released.complete(null);
    await().until(() -> loop().pending() == 0);
    assertThat(calls("beginDo")).isEqualTo(2);
    assertThat(sent(Topics.RESPONSE)).isEqualTo(1);
  }

  @Test
  void theNextOfALane_asksAlsoWhenTheFenceCannotBeTold() {
    serve(holdingBack("answered"));
    send(0, "a");
    send(1, "a");
    await().until(() -> calls("answered") == 1);
    released.completeExceptionally(new IllegalStateException("lost on purpose"));

    await().until(() -> loop().pending() == 0);
    assertThat(calls("beginDo")).isEqualTo(2);
  }

  @Test
  void theNextPollWaitsForTheDecisionsAboutTheLastOne() {
    longestDecision = Duration.ofMinutes(5);
    AtomicBoolean polledAgain = new AtomicBoolean();
    serve(holdingBack("beginDo"));
    send(0, "a");
    consumer.schedulePollTask(() -> polledAgain.set(true));
    await().until(() -> calls("beginDo") == 1);
    await().during(Duration.ofMillis(200)).until(() -> !polledAgain.get());

    released.complete(null);
    await().untilTrue(polledAgain);
    awaitAnswers(1);
  }

  /** Neither for one that waits for its slot, nor for one that waits for its flow. */
  @Test
  void theNextPollWaitsForNoCommandThatHasNotAskedYet() {
    longestDecision = Duration.ofMinutes(5);
    List<Runnable> held = new CopyOnWriteArrayList<>();
    executor = held::add;
    serve(fence);
    send(0, "a");
    send(1, "b");
    send(2, "a");

    await().until(() -> loop().pending() == 3);
    assertThat(held).hasSize(1);
    held.get(0).run();
    await().until(() -> held.size() == 2);
    held.get(1).run();
    await().until(() -> loop().pending() == 0);
  }

  @Test
  void aFenceThatDoesNotDecideHoldsUpNeitherPollsNorARebalance() {
    serve(holdingBack("beginDo"));
    send(0, "a");
    await().until(() -> calls("beginDo") == 1);
    send(1, "poison".getBytes(UTF_8), 1);
    send(2, "b");
    await().until(() -> sent(Topics.DEAD_LETTER) == 1 && loop().pending() == 2);
    consumer.schedulePollTask(() -> consumer.rebalance(List.of()));
    await().until(() -> loop().pending() == 0);
    released.complete(null);
    await().until(() -> context().isIdle());
  }

  /** The usual answer is made while the fence decides. */
  @Test
  void anAnswerLeavesOnceTheFenceHasItsOutcome() {
    serve(holdingBack("finish"));
    send(0, "a");
    await().until(() -> calls("finish") == 1);
    assertThat(handlers.calls).hasValue(1);
    assertThat(sent(Topics.RESPONSE)).isZero();

    released.complete(null);
    awaitAnswers(1);
    assertThat(outcome()).isEqualTo("OK");
    assertThat(new String(answers.history().get(0).value(), UTF_8))
        .contains("\"status\":true")
        .endsWith("\"payload\":{\"call\":1}}");
  }

  @Test
  void anOutcomeThatIsNotTheUsualOne_isAnsweredAsTheFenceSays() {
    FinishResult late =
        new FinishResult.Reply(
            new StepAnswer(Outcome.LATE_EFFECT, true, "lost on purpose", null, false, true));
    serve(answering("finish", late));
    send(0, "a");

    awaitAnswers(1);
    assertThat(outcome()).isEqualTo("LATE_EFFECT");
    assertThat(new String(answers.history().get(0).value(), UTF_8))
        .contains("\"status\":false", "lost on purpose")
        .endsWith("\"payload\":null}");
    assertThat(answers.history().get(0).headers().lastHeader(RecordHeaders.MAY_FOLLOW_UNDO))
        .isNotNull();
  }

  private String outcome() {
    return new String(
        answers.history().get(0).headers().lastHeader(RecordHeaders.OUTCOME).value(), UTF_8);
  }

  /** The fence with one method whose answer is this one, although it does as it is told. */
  private Fence answering(String method, Object reply) {
    return (Fence)
        Proxy.newProxyInstance(
            Fence.class.getClassLoader(),
            new Class<?>[] {Fence.class},
            (proxy, called, arguments) -> {
              if (called.getName().equals("assigned")) {
                return proxy;
              }
              Object answer = call(called, arguments);
              return called.getName().equals(method)
                  ? ((CompletionStage<?>) answer).thenApply(own -> reply)
                  : answer;
            });
  }
}

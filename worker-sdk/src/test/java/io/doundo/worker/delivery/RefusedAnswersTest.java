package io.doundo.worker.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.protocol.Topics;
import io.doundo.worker.fence.Fence;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A producer that cannot accept answers for a while holds up nothing but these answers. */
class RefusedAnswersTest extends ServedStepFixture {

  @BeforeEach
  void forget() {
    answers.forgets(Topics.RESPONSE);
  }

  private List<String> answeredFlows() {
    return answers.history().stream()
        .filter(record -> record.topic().equals(Topics.RESPONSE))
        .map(record -> new String(record.key(), UTF_8))
        .toList();
  }

  private void awaitCommitted(long offset) {
    await()
        .untilAsserted(
            () ->
                assertThat(consumer.committed(Set.of(PARTITION)).values())
                    .contains(new OffsetAndMetadata(offset)));
  }

  @Test
  void otherCommandsRunAndDeadLettersLeaveMeanwhile_andNothingIsCommittedBeforeItsAnswer() {
    serve(fence);
    send(0, "a");
    send(1, "b");
    send(2, "poison".getBytes(UTF_8), 1);

    await().until(() -> handlers.calls.get() == 2 && sent(Topics.DEAD_LETTER) == 1);
    assertThat(loop().pending()).isEqualTo(2);
    assertThat(context().running()).isEqualTo(2);
    assertThat(answeredFlows()).isEmpty();

    answers.learns(Topics.RESPONSE);
    awaitAnswers(2);
    awaitCommitted(3);
    assertThat(answeredFlows()).containsExactly("a", "b");
    assertThat(context().isIdle()).isTrue();
  }

  @Test
  void theNextOfItsLaneWaitsForItsAnswer() {
    serve(fence);
    send(0, "a");
    send(1, "a");
    send(2, "b");

    await().until(() -> handlers.calls.get() == 2);
    assertThat(loop().pending()).isEqualTo(3);
    answers.learns(Topics.RESPONSE);
    awaitCommitted(3);
    assertThat(handlers.calls).as("the second one of the flow was done already").hasValue(2);
  }

  @Test
  void theLeasesOfOtherRunsAreRenewed() {
    AtomicInteger renewals = new AtomicInteger();
    Fence counting =
        (Fence)
            Proxy.newProxyInstance(
                Fence.class.getClassLoader(),
                new Class<?>[] {Fence.class},
                (proxy, called, arguments) -> {
                  if (called.getName().equals("assigned")) {
                    return proxy;
                  }
                  if (called.getName().equals("renew")) {
                    renewals.incrementAndGet();
                  }
                  return call(called, arguments);
                });
    AtomicBoolean hold = new AtomicBoolean();
    Queue<Runnable> held = new ConcurrentLinkedQueue<>();
    executor =
        task -> {
          if (hold.getAndSet(true)) {
            held.add(task);
          } else {
            task.run();
          }
        };
    serve(counting);
    send(0, "a");
    send(1, "b");

    await().until(() -> !held.isEmpty());
    int before = renewals.get();
    // The lease is 200 ms long, and is renewed at a third of it.
    await().until(() -> renewals.get() >= before + 5);
    assertThat(handlers.calls).hasValue(1);
    held.remove().run();
    answers.learns(Topics.RESPONSE);
    awaitAnswers(2);
    assertThat(handlers.calls).hasValue(2);
  }

  @Test
  void aStopWaitsForThem() {
    serve(fence);
    send(0, "a");
    await().until(() -> handlers.calls.get() == 1);
    context().stopping();
    assertThat(context().isIdle()).isFalse();

    answers.learns(Topics.RESPONSE);
    awaitAnswers(1);
    await().until(() -> context().isIdle());
    awaitCommitted(1);
  }

  @Test
  void theyLeaveAlsoWhenTheirPartitionHasGoneToAnotherWorker() {
    serve(fence);
    send(0, "a");
    await().until(() -> handlers.calls.get() == 1);
    consumer.schedulePollTask(() -> consumer.rebalance(List.of()));
    await().until(() -> loop().pending() == 0);

    answers.learns(Topics.RESPONSE);
    awaitAnswers(1);
    await().until(() -> context().isIdle());
    assertThat(loop().hasEnded()).isFalse();
  }
}

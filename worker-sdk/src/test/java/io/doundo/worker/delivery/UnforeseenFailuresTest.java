package io.doundo.worker.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import io.doundo.worker.fence.Fence;
import io.doundo.worker.fence.FinishResult;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;

/** An unexpected failure delays its own command, and affects no other. */
class UnforeseenFailuresTest extends ServedStepFixture {

  /** The fence with one method that fails this many times first. */
  private Fence failing(String method, int times, RuntimeException failure, boolean atOnce) {
    AtomicInteger left = new AtomicInteger(times);
    return (Fence)
        Proxy.newProxyInstance(
            Fence.class.getClassLoader(),
            new Class<?>[] {Fence.class},
            (proxy, called, arguments) -> {
              if (called.getName().equals("assigned")) {
                return proxy;
              }
              if (called.getName().equals(method) && left.getAndDecrement() > 0) {
                if (atOnce) {
                  throw failure;
                }
                return CompletableFuture.<FinishResult>failedFuture(failure);
              }
              return call(called, arguments);
            });
  }

  @Test
  void anAnswerNamesTheServiceAndItsVersion() {
    serve(fence);
    send(0, "f-1");

    awaitAnswers(1);
    Headers headers = answers.history().get(0).headers();
    assertThat(headers.lastHeader(RecordHeaders.WORKER).value()).isEqualTo("pay".getBytes(UTF_8));
    assertThat(headers.lastHeader(RecordHeaders.WORKER_VERSION).value())
        .isEqualTo("2.3.1".getBytes(UTF_8));
  }

  @Test
  void anAnswerTellsWhenItsHandlerBeganAndHowLongItRanAndARepeatedOneDoesNot() {
    long before = System.currentTimeMillis();
    // So that the fence does not know that the first answer has arrived.
    serve(failing("answered", 1, new IllegalStateException("lost"), false));
    send(0, "f-1");
    awaitAnswers(1);
    long after = System.currentTimeMillis();
    send(1, "f-1");
    awaitAnswers(2);

    Headers first = answers.history().get(0).headers();
    assertThat(number(first, RecordHeaders.PICKED_UP)).isBetween(before, after);
    assertThat(number(first, RecordHeaders.HANDLED_MS)).isBetween(0L, after - before);
    Headers repeated = answers.history().get(1).headers();
    assertThat(repeated.lastHeader(RecordHeaders.PICKED_UP)).isNull();
    assertThat(repeated.lastHeader(RecordHeaders.HANDLED_MS)).isNull();
  }

  private static long number(Headers headers, String name) {
    return Long.parseLong(new String(headers.lastHeader(name).value(), UTF_8));
  }

  /** A foreign orchestrator may write nanoseconds; the deadline is in milliseconds. */
  @Test
  void aDeadlineLessThanAMillisecondAway_doesNotStopTheService() {
    serve(fence);
    String fraction =
        "{\"headers\":{\"flowId\":\"a\",\"orchestrationName\":\"order\",\"stepName\":\"pay\","
            + "\"action\":\"DO\",\"timestamp\":\"2026-11-21T10:00:00.000999Z\"},\"payload\":{}}";
    send(0, fraction.getBytes(UTF_8), 1_795_255_200_001L);
    send(1, "b");

    awaitAnswers(2);
    assertThat(sent(Topics.DEAD_LETTER)).isZero();
  }

  @Test
  void aCommandThatCannotEvenBeTaken_isADeadLetterAndTheNextOneRuns() {
    lease = Duration.ZERO;
    serve(fence);
    send(0, "a");
    send(1, "b");

    await().untilAsserted(() -> assertThat(sent(Topics.DEAD_LETTER)).isEqualTo(2));
    await()
        .untilAsserted(
            () ->
                assertThat(consumer.committed(Set.of(PARTITION)).values())
                    .contains(new OffsetAndMetadata(2)));
    assertThat(loop().hasEnded()).isFalse();
  }

  @Test
  void anOutcomeThatTheFenceDoesNotTake_isSettledByAnotherRun() {
    serve(failing("finish", 1, new IllegalStateException("thrown on purpose"), false));
    send(0, "a");

    awaitAnswers(1);
    assertThat(handlers.calls).hasValue(2);
    assertThat(meters.get("doundo.worker.started.over").counter().count()).isEqualTo(1);
  }

  /** With one slot, a slot that was not returned would block every other flow. */
  @Test
  void aFenceThatThrows_holdsUpNeitherTheSlotNorTheCommand() {
    serve(failing("beginDo", 1, new IllegalStateException("thrown on purpose"), true));
    send(0, "a");
    send(1, "b");

    awaitAnswers(2);
    assertThat(handlers.calls).hasValue(2);
  }

  @Test
  void aMeterRegistryThatRefusesEverything_costsNoStepAnything() {
    meters
        .config()
        .meterFilter(
            new MeterFilter() {
              @Override
              public MeterFilterReply accept(Meter.Id id) {
                throw new IllegalStateException("thrown on purpose");
              }
            });
    serve(fence);
    send(0, "a");

    awaitAnswers(1);
    assertThat(handlers.calls).hasValue(1);
  }

  @Test
  void anExecutorThatIsFullForAWhile_isRetried() {
    AtomicInteger full = new AtomicInteger(2);
    executor =
        task -> {
          if (full.getAndDecrement() > 0) {
            throw new RejectedExecutionException("full");
          }
          task.run();
        };
    serve(fence);
    send(0, "a");

    awaitAnswers(1);
  }

  @Test
  void aPollerThatDies_saysSo() {
    serve(fence);
    consumer.schedulePollTask(
        () -> {
          throw new OutOfMemoryError("thrown on purpose");
        });

    await().until(() -> loop().hasEnded());
    assertThat(loop().failure()).contains("OutOfMemoryError");
    assertThat(consumer.closed()).isTrue();
  }

  @Test
  void aFailureOfTheClient_isToldUntilItHasPassed() {
    serve(fence);
    consumer.schedulePollTask(
        () -> {
          throw new org.apache.kafka.common.errors.GroupAuthorizationException("pay");
        });

    await().until(() -> loop().failure() != null);
    assertThat(loop().failure()).contains("GroupAuthorizationException");
    await().until(() -> loop().failure() == null);
    assertThat(loop().hasEnded()).isFalse();
  }
}

package io.doundo.worker.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.protocol.CommandAction;
import io.doundo.protocol.CommandEnvelope;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.Do;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.binding.HandlerScanner;
import io.doundo.worker.binding.JsonBinder;
import io.doundo.worker.delivery.GuardedFence.PartitionGuards;
import io.doundo.worker.fence.Fence;
import io.doundo.worker.fence.FinishResult;
import io.doundo.worker.fence.InMemoryFence;
import io.doundo.worker.threads.TaskTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import tools.jackson.databind.json.JsonMapper;

/** An unexpected failure delays its own command, and affects no other. */
class UnforeseenFailuresTest {

  private static final String TOPIC = Topics.doTopic("order", "pay");
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

  @SagaWorker("order")
  static class Handlers {
    final AtomicInteger calls = new AtomicInteger();

    @Do("pay")
    Map<String, Integer> pay() {
      return Map.of("call", calls.incrementAndGet());
    }
  }

  private final Handlers handlers = new Handlers();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final InMemoryFence fence = new InMemoryFence();
  private final MockProducer<byte[], byte[]> answers =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final MockConsumer<byte[], byte[]> consumer =
      new MockConsumer<>(AutoOffsetResetStrategy.EARLIEST.name());
  private final TaskTimer timer = new TaskTimer(Thread::new);
  private Duration lease = Duration.ofMillis(200);
  private Executor executor = Runnable::run;
  private @Nullable CommandConsumer loop;
  private Thread poller = new Thread();

  @AfterEach
  void close() throws InterruptedException {
    if (loop != null) {
      loop.close();
    }
    poller.join();
    timer.close();
  }

  private void serve(Fence asked) {
    JsonBinder json = new JsonBinder(JsonMapper.builder().build());
    DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
    beans.registerSingleton("handlers", handlers);
    DeliverySettings settings =
        new DeliverySettings("pay", "pay", Map.of(), lease, 1, 100, Duration.ZERO);
    FenceHealth health = new FenceHealth(asked, timer);
    DeliveryContext context =
        new DeliveryContext(
            settings,
            new AnswerSender(answers, Runnable::run, timer, "pay", "2.3.1"),
            json,
            executor,
            timer,
            new WorkerMeters(meters));
    loop =
        new CommandConsumer(
            consumer,
            new Subscriptions(new HandlerScanner(beans, json).scan(List.of())),
            () -> Set.of(TOPIC),
            health,
            context,
            new PartitionGuards(asked, health, timer),
            100);
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.updateEndOffsets(Map.of(PARTITION, 0L));
    poller = new Thread(loop());
    consumer.schedulePollTask(() -> consumer.rebalance(List.of(PARTITION)));
    poller.start();
  }

  private CommandConsumer loop() {
    return Objects.requireNonNull(loop);
  }

  private void send(long offset, byte[] value, long deadline) {
    Headers headers = new org.apache.kafka.common.header.internals.RecordHeaders();
    headers.add(RecordHeaders.DEADLINE, String.valueOf(deadline).getBytes(UTF_8));
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>(
            TOPIC,
            0,
            offset,
            0,
            TimestampType.LOG_APPEND_TIME,
            0,
            value.length,
            new byte[0],
            value,
            headers,
            Optional.empty());
    consumer.schedulePollTask(() -> consumer.addRecord(record));
  }

  private void send(long offset, String flowId) {
    long now = System.currentTimeMillis();
    send(
        offset,
        new CommandEnvelope(flowId, "order", "pay", CommandAction.DO, 1, 1, now)
            .encode(RawJson.EMPTY_OBJECT),
        now + 60_000);
  }

  private long sent(String topic) {
    return answers.history().stream().map(ProducerRecord::topic).filter(topic::equals).count();
  }

  private void awaitAnswers(int count) {
    await().untilAsserted(() -> assertThat(sent(Topics.RESPONSE)).isEqualTo(count));
  }

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
              try {
                return called.invoke(fence, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** A foreign orchestrator may write nanoseconds; the deadline is in milliseconds. */
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

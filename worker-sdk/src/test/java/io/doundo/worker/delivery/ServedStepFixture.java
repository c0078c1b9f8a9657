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
import io.doundo.worker.fence.InMemoryFence;
import io.doundo.worker.threads.TaskTimer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Serves one step to a mocked consumer and a mocked producer, with a fence in memory that a test
 * may hide behind another one.
 */
abstract class ServedStepFixture {

  static final String TOPIC = Topics.doTopic("order", "pay");
  static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

  @SagaWorker("order")
  static class Handlers {
    final AtomicInteger calls = new AtomicInteger();

    @Do("pay")
    Map<String, Integer> pay() {
      return Map.of("call", calls.incrementAndGet());
    }
  }

  /** A producer that does not wait: it refuses records of topics that it does not know. */
  static final class RefusingProducer extends MockProducer<byte[], byte[]> {

    private final Set<String> unknown = ConcurrentHashMap.newKeySet();

    RefusingProducer() {
      this(true);
    }

    /**
     * @param autoComplete whether records are acknowledged at once
     */
    RefusingProducer(boolean autoComplete) {
      super(autoComplete, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    void forgets(String topic) {
      unknown.add(topic);
    }

    void learns(String topic) {
      unknown.remove(topic);
    }

    /** As Kafka's own does: the callback is called before this returns. */
    @Override
    public synchronized Future<RecordMetadata> send(
        ProducerRecord<byte[], byte[]> record, Callback callback) {
      if (!unknown.contains(record.topic())) {
        return super.send(record, callback);
      }
      TimeoutException refusal =
          new TimeoutException("Topic " + record.topic() + " not present in metadata after 0 ms.");
      callback.onCompletion(
          new RecordMetadata(new TopicPartition(record.topic(), -1), -1, -1, -1, -1, -1), refusal);
      return CompletableFuture.failedFuture(refusal);
    }
  }

  final Handlers handlers = new Handlers();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final InMemoryFence fence = new InMemoryFence();
  final RefusingProducer answers = new RefusingProducer();
  final MockConsumer<byte[], byte[]> consumer =
      new MockConsumer<>(AutoOffsetResetStrategy.EARLIEST.name());
  final TaskTimer timer = new TaskTimer(Thread::new);
  Duration lease = Duration.ofMillis(200);
  Executor executor = Runnable::run;
  Duration longestDecision = CommandConsumer.LONGEST_DECISION;
  private @Nullable CommandConsumer loop;
  private @Nullable DeliveryContext context;
  private @Nullable FenceHealth fenceHealth;
  private Thread poller = new Thread();

  @AfterEach
  void close() throws InterruptedException {
    if (loop != null) {
      loop.close();
    }
    poller.join();
    timer.close();
  }

  void serve(Fence asked) {
    JsonBinder json = new JsonBinder(JsonMapper.builder().build());
    DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
    beans.registerSingleton("handlers", handlers);
    DeliverySettings settings =
        new DeliverySettings("pay", "pay", Map.of(), lease, 1, 100, Duration.ZERO);
    FenceHealth health = new FenceHealth(asked, timer);
    fenceHealth = health;
    context =
        new DeliveryContext(
            settings,
            new AnswerSender(answers, timer, "pay", "2.3.1"),
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
            context(),
            new PartitionGuards(asked, health, timer),
            100,
            longestDecision);
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.updateEndOffsets(Map.of(PARTITION, 0L));
    poller = new Thread(loop());
    consumer.schedulePollTask(() -> consumer.rebalance(List.of(PARTITION)));
    poller.start();
  }

  CommandConsumer loop() {
    return Objects.requireNonNull(loop);
  }

  DeliveryContext context() {
    return Objects.requireNonNull(context);
  }

  FenceHealth fenceHealth() {
    return Objects.requireNonNull(fenceHealth);
  }

  void send(long offset, byte[] value, long deadline) {
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

  void send(long offset, String flowId) {
    long now = System.currentTimeMillis();
    send(
        offset,
        new CommandEnvelope(flowId, "order", "pay", CommandAction.DO, 1, 1, now)
            .encode(RawJson.EMPTY_OBJECT),
        now + 60_000);
  }

  long sent(String topic) {
    return answers.history().stream().map(ProducerRecord::topic).filter(topic::equals).count();
  }

  void awaitAnswers(int count) {
    await().untilAsserted(() -> assertThat(sent(Topics.RESPONSE)).isEqualTo(count));
  }

  /** Calls a method of the fence as {@link Fence} is called. */
  Object call(Method method, Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(fence, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}

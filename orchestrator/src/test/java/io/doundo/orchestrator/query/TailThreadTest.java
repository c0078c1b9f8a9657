package io.doundo.orchestrator.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TailThreadTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration AT_ONCE = Duration.ofMillis(1);
  private static final Duration NEVER = Duration.ofDays(1);

  private final List<MockConsumer<byte[], byte[]>> opened = new CopyOnWriteArrayList<>();
  private final CountDownLatch mayGoOn = new CountDownLatch(1);
  private TailThread tail = new TailThread("unused", this::open, consumer -> {}, "unused");

  private Consumer<byte[], byte[]> open() {
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    consumer.assign(List.of(new TopicPartition("topic", 0)));
    consumer.updateBeginningOffsets(Map.of(new TopicPartition("topic", 0), 0L));
    opened.add(consumer);
    return consumer;
  }

  private void begin(TailThread.Follower follower, Duration retry) {
    tail = new TailThread("test-tail", this::open, follower, "The test cannot be read", retry);
    tail.start();
  }

  private void poll(Consumer<byte[], byte[]> consumer) {
    while (!tail.isStopped()) {
      consumer.poll(Duration.ofMillis(5));
    }
  }

  @AfterEach
  void stop() {
    mayGoOn.countDown();
    tail.stopNow();
    assertThat(tail.isAlive()).isFalse();
    assertThat(opened).allMatch(MockConsumer::closed);
  }

  @Test
  void afterAnyFailureItGoesOnWithAnotherConsumer() {
    begin(
        consumer -> {
          if (opened.size() == 1) {
            throw new IllegalStateException("on purpose");
          }
          if (opened.size() == 2) {
            throw new NoClassDefFoundError("on purpose");
          }
          poll(consumer);
        },
        AT_ONCE);
    await().atMost(PATIENCE).until(() -> opened.size() == 3);
    assertThat(opened.subList(0, 2)).allMatch(MockConsumer::closed);
  }

  @Test
  void reconnectingOpensAnotherConsumerAtOnce() {
    begin(this::poll, NEVER);
    await().atMost(PATIENCE).until(() -> opened.size() == 1);
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              tail.reconnect();
              return opened.size() > 1;
            });
    assertThat(opened.get(0).closed()).isTrue();
  }

  @Test
  void theStopEndsThePauseAfterAnError() {
    begin(
        consumer -> {
          throw new IllegalStateException("on purpose");
        },
        NEVER);
    await().atMost(PATIENCE).until(() -> !opened.isEmpty() && opened.get(0).closed());
    tail.stopNow();
    assertThat(tail.isAlive()).isFalse();
    assertThat(opened).hasSize(1);
  }

  @Test
  void aStopAfterThePollLetsTheFollowerFinish() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch finished = new CountDownLatch(1);
    begin(
        consumer -> {
          begun.countDown();
          try {
            mayGoOn.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          // It would fail if the consumer had been woken up.
          consumer.poll(Duration.ZERO);
          finished.countDown();
        },
        NEVER);
    begun.await();
    Thread stop = new Thread(tail::stopAfterPoll);
    stop.start();
    await().atMost(PATIENCE).until(tail::isStopped);
    mayGoOn.countDown();
    stop.join();
    finished.await();
    assertThat(opened).hasSize(1);
  }
}

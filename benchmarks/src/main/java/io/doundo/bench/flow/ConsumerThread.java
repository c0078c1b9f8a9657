package io.doundo.bench.flow;

import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/** Forwards a consumer's records on its own thread until it is closed. */
final class ConsumerThread implements AutoCloseable {

  private final Consumer<byte[], byte[]> consumer;
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile @Nullable RuntimeException failure;

  private ConsumerThread(Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  /** Begins to follow; the consumer belongs to it from now on. */
  static ConsumerThread start(
      String name,
      Consumer<byte[], byte[]> consumer,
      java.util.function.Consumer<ConsumerRecords<byte[], byte[]>> taker) {
    ConsumerThread following = new ConsumerThread(consumer);
    new Thread(() -> following.follow(taker), name).start();
    return following;
  }

  /** Throws when it could not go on. */
  void requireRunning() {
    RuntimeException e = failure;
    if (e != null) {
      throw new IllegalStateException("what the flows do cannot be read", e);
    }
  }

  private void follow(java.util.function.Consumer<ConsumerRecords<byte[], byte[]>> taker) {
    try (consumer) {
      while (true) {
        taker.accept(consumer.poll(BenchClients.POLL));
      }
    } catch (WakeupException e) {
      // This is how it is closed.
    } catch (RuntimeException e) {
      failure = e;
    } finally {
      done.countDown();
    }
  }

  @Override
  public void close() {
    consumer.wakeup();
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

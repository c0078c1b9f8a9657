package io.doundo.orchestrator.query;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that follows topics with a consumer of its own until it is stopped. After an error, and
 * after {@link #reconnect}, it goes on with another consumer. Every method may be called from any
 * thread.
 */
public final class TailThread {

  private static final Logger LOG = LoggerFactory.getLogger(TailThread.class);
  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final Duration STOP = Duration.ofSeconds(5);

  /** What the thread does with each of its consumers. */
  @FunctionalInterface
  public interface Follower {
    /** Reads on until the thread {@link #isStopped}; the thread closes the consumer. */
    void follow(Consumer<byte[], byte[]> consumer);
  }

  private final Supplier<Consumer<byte[], byte[]>> open;
  private final Follower follower;
  private final String failure;
  private final Duration retry;
  private final Thread thread;
  private final CountDownLatch stop = new CountDownLatch(1);
  private volatile @Nullable Consumer<byte[], byte[]> consumer;

  /**
   * @param failure for the log when the follower fails, such as "The jobs cannot be read"
   */
  public TailThread(
      String name, Supplier<Consumer<byte[], byte[]>> open, Follower follower, String failure) {
    this(name, open, follower, failure, RETRY);
  }

  TailThread(
      String name,
      Supplier<Consumer<byte[], byte[]>> open,
      Follower follower,
      String failure,
      Duration retry) {
    this.open = open;
    this.follower = follower;
    this.failure = failure;
    this.retry = retry;
    this.thread = new Thread(this::run, name);
    this.thread.setDaemon(true);
  }

  /** Begins to read; the topics must exist. */
  public void start() {
    thread.start();
  }

  /** Whether the thread has been told to stop. */
  public boolean isStopped() {
    return stop.getCount() == 0;
  }

  /** Whether it reads, or might still. */
  public boolean isAlive() {
    return thread.isAlive();
  }

  /** Opens another consumer, as after an error. */
  public void reconnect() {
    Consumer<byte[], byte[]> reading = consumer;
    if (reading != null) {
      reading.wakeup();
    }
  }

  /** Ends the current poll and waits for the end of the thread. */
  public void stopNow() {
    stop.countDown();
    reconnect();
    join();
  }

  /** Lets the follower finish what it does, and waits for the end of the thread. */
  public void stopAfterPoll() {
    stop.countDown();
    join();
  }

  private void join() {
    try {
      thread.join(STOP.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!isStopped()) {
      try (Consumer<byte[], byte[]> opened = open.get()) {
        consumer = opened;
        follower.follow(opened);
      } catch (WakeupException e) {
        LOG.debug("woken up to stop or to reconnect");
      } catch (RuntimeException | Error e) {
        // An error, too, must not end it: what it reads would stand still without a word.
        LOG.warn("{}; retrying", failure, e);
        pause();
      }
    }
  }

  private void pause() {
    try {
      if (stop.await(retry.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.debug("stopped while waiting to retry");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stop.countDown();
    }
  }
}

package io.doundo.orchestrator.query;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/**
 * A few consumers that are lent out for one read each, so that many readers at once cost neither
 * connections nor memory without limit. Thread-safe.
 */
public final class ReaderPool implements AutoCloseable {

  private static final int READERS = 4;

  /**
   * How long the broker holds a fetch that finds nothing. The last fetch of one read is still under
   * way when the next one begins, which waits for it, because a connection is served in order.
   */
  private static final int FETCH_WAIT_MS = 20;

  private static final Duration WAIT = Duration.ofSeconds(5);

  private final ReadConsumers consumers;
  private final String clientId;
  private final ConcurrencyLimit free =
      new ConcurrencyLimit(
          READERS,
          WAIT,
          "All %d topic readers have been busy for %d s. Try again later."
              .formatted(READERS, WAIT.toSeconds()));
  private final AtomicInteger opened = new AtomicInteger();
  private final Deque<Consumer<byte[], byte[]>> idle = new ArrayDeque<>();
  private boolean closed;

  /**
   * @param clientId the name of the consumers, each with a number appended
   */
  public ReaderPool(ReadConsumers consumers, String clientId) {
    this.consumers = consumers;
    this.clientId = clientId;
  }

  /**
   * Lends a consumer without any assignment.
   *
   * @throws ReadsUnavailableException when all are lent for too long
   */
  public <T> T read(Function<Consumer<byte[], byte[]>, T> work) {
    return free.run(
        () -> {
          Consumer<byte[], byte[]> consumer = take();
          boolean usable = false;
          try {
            T result = work.apply(consumer);
            consumer.assign(List.of());
            usable = true;
            return result;
          } finally {
            giveBack(consumer, usable);
          }
        });
  }

  private Consumer<byte[], byte[]> take() {
    synchronized (idle) {
      if (closed) {
        throw new ReadsUnavailableException("The orchestrator is stopping.");
      }
      Consumer<byte[], byte[]> consumer = idle.poll();
      if (consumer != null) {
        return consumer;
      }
    }
    return consumers.open(
        clientId + '-' + opened.incrementAndGet(),
        Map.of(
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            5_000,
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            FETCH_WAIT_MS));
  }

  private void giveBack(Consumer<byte[], byte[]> consumer, boolean usable) {
    synchronized (idle) {
      if (usable && !closed) {
        idle.push(consumer);
        return;
      }
    }
    consumer.close();
  }

  @Override
  public void close() {
    synchronized (idle) {
      closed = true;
      idle.forEach(Consumer::close);
      idle.clear();
    }
  }
}

package io.doundo.bench;

import io.doundo.orchestrator.streams.FlowRecords;
import io.doundo.protocol.Topics;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * Sees flows end, on a thread of its own: the record that the relay writes after the last answer,
 * or the one by which the orchestrator archives a flow after the last answer. Both are read
 * uncommitted and decoded no further than is needed to know the flow.
 */
final class EndWatch implements AutoCloseable {

  private final Consumer<byte[], byte[]> consumer;
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile @Nullable FlowRun run;
  private volatile @Nullable RuntimeException failure;

  EndWatch(String bootstrapServers, Mode mode) {
    consumer = Clients.consumer(bootstrapServers, false, Set.copyOf(List.of(topic(mode))));
    new Thread(this::watch, "ends-of-" + mode).start();
  }

  /** Where the ends of flows stand. */
  static String topic(Mode mode) {
    return mode == Mode.LIMIT ? LimitTopics.END : Topics.ARCHIVE;
  }

  /** From now on the ends of this run are recorded. */
  void watch(FlowRun next) {
    run = next;
  }

  void requireWatching() {
    RuntimeException e = failure;
    if (e != null) {
      throw new IllegalStateException("ends of flows cannot be read", e);
    }
  }

  private void watch() {
    try (consumer) {
      while (true) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(Clients.POLL);
        FlowRun current = run;
        long now = System.nanoTime();
        if (current != null) {
          for (ConsumerRecord<byte[], byte[]> record : records) {
            if (record.topic().equals(LimitTopics.END) || FlowRecords.isEnd(record.value())) {
              current.ended(record.key(), now);
            }
          }
        }
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

package io.doundo.bench.flow;

import io.doundo.orchestrator.streams.read.FlowRecords;
import io.doundo.protocol.Topics;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;

/**
 * Watches flows end on its own thread: the record that the relay writes after the last answer, or
 * the one by which the orchestrator archives a flow after the last answer. Both are read
 * uncommitted and decoded no further than is needed to know the flow.
 */
public final class EndWatch implements AutoCloseable {

  private final ConsumerThread following;
  private volatile @Nullable FlowRun run;

  public EndWatch(String bootstrapServers, Mode mode) {
    following =
        ConsumerThread.start(
            "ends-of-" + mode,
            BenchClients.consumer(bootstrapServers, false, List.of(topic(mode))),
            this::take);
  }

  /** Where the ends of flows stand. */
  static String topic(Mode mode) {
    return mode == Mode.LIMIT ? LimitTopics.END : Topics.ARCHIVE;
  }

  /** From now on the ends of this run are recorded. */
  public void watch(FlowRun next) {
    run = next;
  }

  void requireWatching() {
    following.requireRunning();
  }

  private void take(ConsumerRecords<byte[], byte[]> records) {
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

  @Override
  public void close() {
    following.close();
  }
}
